// What could not be put into the cache and must be repeated before readers trust it again: of each
// account the newest version. Past its limit it forgets everything, and the cache must begin anew.
import type { Balance } from '../../contracts/balances.ts';
import { accountName } from './keys.ts';

export interface MissedBalances {
  readonly size: number;
  /** True once something was forgotten, until `beganAnew`. */
  readonly forgot: boolean;
  remember(balances: readonly Balance[]): void;
  /** The oldest ones, at most `max`. They stay until they are `repeated`. */
  oldest(max: number): Balance[];
  repeated(balances: readonly Balance[]): void;
  forgetAll(): void;
  beganAnew(): void;
}

export function createMissedBalances(entriesMax: number): MissedBalances {
  const missed = new Map<string, Balance>();
  let forgot = false;
  const forgetAll = () => {
    missed.clear();
    forgot = true;
  };
  return {
    get size() {
      return missed.size;
    },
    get forgot() {
      return forgot;
    },
    remember(balances) {
      // A cache that begins anew holds nothing that these could have to replace.
      if (forgot) return;
      for (const balance of balances) {
        const key = accountName(balance.tenant, balance.accountId);
        if ((missed.get(key)?.version ?? -1) < balance.version) missed.set(key, balance);
      }
      if (missed.size > entriesMax) forgetAll();
    },
    oldest: (max) => [...missed.values().take(max)],
    repeated(balances) {
      for (const balance of balances) {
        const key = accountName(balance.tenant, balance.accountId);
        if (missed.get(key) === balance) missed.delete(key);
      }
    },
    forgetAll,
    beganAnew() {
      forgot = false;
    },
  };
}
