// The cache where core and ledger share one process: a map with the same compare-and-set and the same
// fill permits as the one in Redis. Nothing here can fail, so it needs no leases, and no expiry.
import type { Balance } from '../contracts/balances.ts';
import type { BalanceCache, BalancePublisher } from './balance-cache.ts';

/** What was filled, or the permit that a reader planted and that no writer has overtaken since. */
type Held = { readonly balance: Balance | undefined } | { readonly permit: string };

/** Keeps the `entriesMax` accounts that were last read. The reader and the publisher share one map. */
export function createMemoryCache(entriesMax: number): {
  cache: BalanceCache;
  publisher: BalancePublisher;
} {
  const held = new Map<string, Held>();
  let permits = 0;

  /** Makes an entry the last to be dropped. */
  function keep(key: string, entry: Held): void {
    held.delete(key);
    if (held.size >= entriesMax) held.delete(held.keys().next().value!);
    held.set(key, entry);
  }

  return {
    cache: {
      engine: 'memory',
      async read(tenant, accountId) {
        const key = keyOf(tenant, accountId);
        const entry = held.get(key) ?? { permit: String((permits += 1)) };
        keep(key, entry);
        return 'permit' in entry
          ? { found: 'miss', permit: entry.permit }
          : { found: 'hit', balance: entry.balance };
      },
      async fill(tenant, accountId, balance, permit) {
        const key = keyOf(tenant, accountId);
        const entry = held.get(key);
        // A dropped or overtaken permit is gone for good: none is planted twice.
        if (entry !== undefined && 'permit' in entry && entry.permit === permit) {
          held.set(key, { balance });
        }
      },
      healthy: async () => true,
      async [Symbol.asyncDispose]() {
        held.clear();
      },
    },
    publisher: {
      async publish(balances) {
        for (const balance of balances) {
          const key = keyOf(balance.tenant, balance.accountId);
          const entry = held.get(key);
          // Where nothing is held, nothing is put: this may be a late repeat of an overtaken version.
          if (entry === undefined) continue;
          if ('permit' in entry || entry.balance === undefined) held.delete(key);
          else if (entry.balance.version < balance.version) held.set(key, { balance });
        }
      },
      async [Symbol.asyncDispose]() {},
    },
  };
}

function keyOf(tenant: string, accountId: string): string {
  // A tenant has no colon, so two accounts never share a key.
  return `${tenant}:${accountId}`;
}
