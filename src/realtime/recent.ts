// The updates of the last seconds for accounts that nobody watches. A snapshot may come from a cache
// that the writer is just about to refresh, when the event of that change has already passed by: who
// subscribes in that moment gets the event from here.
import type { BalanceUpdate } from '../contracts/hub.ts';
import { ByAccount } from './by-account.ts';

export interface RecentUpdates {
  get(tenant: string, accountId: string): BalanceUpdate | undefined;
  remember(tenant: string, update: BalanceUpdate): void;
}

/** Two generations: the older one is dropped whole, so forgetting costs nothing. */
export function createRecentUpdates(options: {
  lifetimeMs: number;
  updatesMax: number;
  now: () => number;
}): RecentUpdates {
  const { lifetimeMs, updatesMax, now } = options;
  let young = new ByAccount<BalanceUpdate>();
  let old = new ByAccount<BalanceUpdate>();
  let turnedAt = now();

  function get(tenant: string, accountId: string): BalanceUpdate | undefined {
    return young.get(tenant, accountId) ?? old.get(tenant, accountId);
  }

  return {
    get,
    remember(tenant, update) {
      if ((get(tenant, update.accountId)?.version ?? -1) >= update.version) return;
      if (young.size >= updatesMax || now() - turnedAt > lifetimeMs) {
        old = young;
        young = new ByAccount();
        turnedAt = now();
      }
      young.set(tenant, update.accountId, update);
    },
  };
}
