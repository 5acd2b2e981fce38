// One sender for each account, for as long as the session: leaving the page does not lose sight of
// a transfer. An open attempt is kept in sessionStorage, since a reload with a forgotten key is how
// money is sent twice.
import type { Api } from '../api/http.ts';
import { postTransfer } from '../api/payments.ts';
import { systemClock } from '../live/parts.ts';
import type { Claims } from '../session/token.ts';
import { createSender, randomKey, type Attempt, type Sender } from './sender.ts';

export interface Senders {
  readonly of: (accountId: string) => Sender;
  readonly close: (options: { readonly forget: boolean }) => void;
}

export function createSenders(api: Api, claims: Claims): Senders {
  const senders = new Map<string, Sender>();
  const prefix = `atlas.open-transfer.${claims.tenant}.`;

  function open(accountId: string): Sender {
    const slot = prefix + accountId;
    return createSender({
      post: (key, body) => postTransfer(api, key, body),
      newKey: randomKey,
      clock: systemClock,
      random: Math.random,
      remember(attempt) {
        if (attempt === undefined) sessionStorage.removeItem(slot);
        else sessionStorage.setItem(slot, JSON.stringify(attempt));
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

function readAttempt(kept: string | null): Attempt | undefined {
  return kept === null ? undefined : (JSON.parse(kept) as Attempt);
}
