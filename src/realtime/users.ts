// What one user may have open and call at once, over all of their connections to this replica.
import type { Identity } from '../platform/identity.ts';
import { limits } from './limits.ts';

export interface Users {
  /** True while another connection of this user would be one too many. */
  full(identity: Identity): boolean;
  connected(identity: Identity): void;
  disconnected(identity: Identity): void;
  /** Takes a message from the user's allowance; false when there is none left. */
  takeMessage(identity: Identity): boolean;
}

interface User {
  connections: number;
  /** Messages that may be sent now; refills to a second's worth. */
  allowance: number;
  countedAtMs: number;
}

export function createUsers(now: () => number): Users {
  const { connectionsPerUserMax, messagesPerSecondMax } = limits;
  const users = new Map<string, User>();
  return {
    full: (identity) => (users.get(nameOf(identity))?.connections ?? 0) >= connectionsPerUserMax,
    connected(identity) {
      const name = nameOf(identity);
      const user = users.get(name);
      if (user !== undefined) user.connections += 1;
      else users.set(name, { connections: 1, allowance: messagesPerSecondMax, countedAtMs: now() });
    },
    disconnected(identity) {
      const name = nameOf(identity);
      const user = users.get(name);
      if (user === undefined) return;
      user.connections -= 1;
      if (user.connections === 0) users.delete(name);
    },
    takeMessage(identity) {
      const user = users.get(nameOf(identity));
      if (user === undefined) return false;
      const refill = ((now() - user.countedAtMs) * messagesPerSecondMax) / 1_000;
      user.allowance = Math.min(messagesPerSecondMax, user.allowance + refill);
      user.countedAtMs = now();
      if (user.allowance < 1) return false;
      user.allowance -= 1;
      return true;
    },
  };
}

function nameOf({ tenant, subject }: Identity): string {
  return `${tenant} ${subject}`;
}
