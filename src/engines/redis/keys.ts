// What stands in Redis, and under which names. Everything stored begins with the epoch in which it
// was stored; what belongs to another epoch counts as nothing, so a new epoch empties the cache at once.
import {
  balanceBody,
  balanceFromBody,
  type Balance,
  type BalanceBody,
} from '../../contracts/balances.ts';

/** Sorted set: writer id → when its lease ends, in milliseconds of Redis' own clock. */
export const writersKey = 'atlas:writers';

/** `<server process>:<epoch>`: set anew whenever what is stored may no longer be trusted. */
export const epochKey = 'atlas:epoch';

/** Announces `<tenant>/<account>:<version>` whenever a balance may have changed. */
export const invalidateChannel = 'balance:invalidate';

/** Holds `<epoch> <version> <balance as JSON>`, or `<epoch> ?<fill permit>`. */
export function balanceKey(tenant: string, accountId: string): string {
  // A tenant has no colon, so two accounts never share a key.
  return `bal:${tenant}:${accountId}`;
}

export function balanceText(balance: Balance): string {
  return JSON.stringify(balanceBody(balance));
}

/** Reads what follows the epoch; undefined: it is a permit, or not ours. */
export function parseHeld(tenant: string, held: string): Balance | undefined {
  const start = held.indexOf('{');
  if (start < 0) return undefined;
  try {
    return balanceFromBody(tenant, JSON.parse(held.slice(start)) as BalanceBody);
  } catch {
    return undefined;
  }
}

/** A life between 90 and 100 % of `lifeMs`, so that what was stored together does not expire together. */
export function jittered(lifeMs: number): number {
  return Math.round(lifeMs * (0.9 + Math.random() / 10));
}
