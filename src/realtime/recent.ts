// The updates of the last seconds for accounts that nobody watches. A snapshot may come from a cache
// that the writer is just about to refresh, when the event of that change has already passed by: who
// subscribes in that moment gets the event from here.
import type { BalanceUpdate } from '../contracts/hub.ts';

export interface RecentUpdates {
  get(key: string): BalanceUpdate | undefined;
  remember(key: string, update: BalanceUpdate): void;
}

/** Two generations: the older one is dropped whole, so forgetting costs nothing. */
export function createRecentUpdates(options: {
  lifetimeMs: number;
  updatesMax: number;
  now: () => number;
}): RecentUpdates {
  const { lifetimeMs, updatesMax, now } = options;
  let young = new Map<string, BalanceUpdate>();
  let old = new Map<string, BalanceUpdate>();
  let turnedAt = now();

  function get(key: string): BalanceUpdate | undefined {
    return young.get(key) ?? old.get(key);
  }

  return {
    get,
    remember(key, update) {
      if ((get(key)?.version ?? -1) >= update.version) return;
      if (young.size >= updatesMax || now() - turnedAt > lifetimeMs) {
        old = young;
        young = new Map();
        turnedAt = now();
      }
      young.set(key, update);
    },
  };
}
