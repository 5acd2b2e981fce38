// One sender for each account, for as long as the session: leaving the page does not lose sight of
// a transfer. An open attempt is kept in sessionStorage, since a reload with a forgotten key is how
// money is sent twice.
import { newIdempotencyKey, type Transfer, type Transfers } from '@atlas/client';
import type { Claims } from '../session/token.ts';
import { createSender, type Attempt, type Sender } from './sender.ts';

export interface Senders {
  readonly of: (accountId: string) => Sender;
  readonly close: (options: { readonly forget: boolean }) => void;
}

export function createSenders(transfers: Transfers, claims: Claims): Senders {
  const senders = new Map<string, Sender>();
  const prefix = `atlas.open-transfer.${claims.tenant}.`;

  function open(accountId: string): Sender {
    const slot = prefix + accountId;
    return createSender({
      post: transfers.post,
      newKey: newIdempotencyKey,
      remember(attempt) {
        if (attempt === undefined) sessionStorage.removeItem(slot);
        else sessionStorage.setItem(slot, writeAttempt(attempt));
      },
      remembered: readAttempt(sessionStorage.getItem(slot)),
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

/** JSON knows no bigint. */
type WrittenTransfer = Omit<Transfer, 'minor'> & { readonly minor: string };

function writeAttempt({ key, draft }: Attempt): string {
  return JSON.stringify({ key, draft: { ...draft, minor: String(draft.minor) } });
}

function readAttempt(kept: string | null): Attempt | undefined {
  if (kept === null) return undefined;
  const { key, draft } = JSON.parse(kept) as { key: string; draft: WrittenTransfer };
  return { key, draft: { ...draft, minor: BigInt(draft.minor) } };
}
