// What stands in Redis, and under which names. Everything stored begins with the epoch in which it
// was stored; what belongs to another epoch counts as nothing, so a new epoch empties the cache at once.
// On a Redis Cluster the accounts are spread over shards, each with a register and an epoch of its own
// under one hash tag, because the keys of one script must lie on one node.
import {
  balanceBody,
  balanceFromBody,
  type Balance,
  type BalanceBody,
} from '../../contracts/balances.ts';

/** Announces `<tenant>/<account>:<version>` whenever a balance may have changed. */
export const invalidateChannel = 'balance:invalidate';

/** Stands for an account that does not exist. */
export const absentText = '-';

export interface Keys {
  /** `<server process>:<epoch>`: set anew whenever what is stored may no longer be trusted. */
  readonly epoch: string;
  /** Sorted set: writer id → when its lease ends, in milliseconds of Redis' own clock. */
  readonly writers: string;
  /** Hash: replica of the ledger → `<when, on Redis' clock> <what it says of itself>`. */
  readonly board: string;
  /** Holds `<epoch> <version> <balance as JSON>`, `<epoch> -` or `<epoch> ?<fill permit>`. */
  balance(tenant: string, accountId: string): string;
}

/** @param shard on a cluster, from 0 */
export function keysOf(shard?: number): Keys {
  const tag = shard === undefined ? '' : `{${shard}}:`;
  return {
    epoch: `atlas:${tag}epoch`,
    writers: `atlas:${tag}writers`,
    board: `atlas:${tag}ledgers`,
    balance: (tenant, accountId) => `bal:${tag}${accountName(tenant, accountId)}`,
  };
}

/** A tenant has no colon, so two accounts never share a name. */
export function accountName(tenant: string, accountId: string): string {
  return `${tenant}:${accountId}`;
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
