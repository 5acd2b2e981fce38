// One sender for each account, for as long as the session: leaving the page does not lose sight of
// a transfer. An open attempt is kept in sessionStorage, since a reload with a forgotten key is how
// money is sent twice.
import {
  type Claims,
  createSender,
  newIdempotencyKey,
  readAttempt,
  writeAttempt,
  type Sender,
  type Transfers,
} from '@atlas/client';

export interface Senders {
  readonly of: (accountId: string) => Sender;
  readonly close: (options: { readonly forget: boolean }) => void;
}

export function createSenders(transfers: Transfers, claims: Claims): Senders {
  const senders = new Map<string, Sender>();
  const prefix = `atlas.open-transfer.${claims.tenant}.`;

  function open(accountId: string): Sender {
    const slot = prefix + accountId;
    const kept = sessionStorage.getItem(slot);
    return createSender({
      post: transfers.post,
      newKey: newIdempotencyKey,
      remember(attempt) {
        if (attempt === undefined) sessionStorage.removeItem(slot);
        else sessionStorage.setItem(slot, writeAttempt(attempt));
      },
      remembered: kept === null ? undefined : readAttempt(kept),
    });
  }

  return {
    of(accountId) {
      const sender = senders.get(accountId) ?? open(accountId);
      senders.set(accountId, sender);
      return sender;
    },
    close({ forget }) {
      for (const sender of senders.values()) sender.close();
      if (!forget) return;
      for (const slot of Object.keys(sessionStorage)) {
        if (slot.startsWith(prefix)) sessionStorage.removeItem(slot);
      }
    },
  };
}
