// Copies in this process for callers who say how old an answer may be: they cost neither Redis nor the
// book anything. A copy is as old as the read that it came from, so the bound holds whatever happens;
// that a change drops it at once is a kindness on top, and in doubt about hearing of changes all go.
import type { Balance } from '../contracts/balances.ts';
import type { BalanceCache, BalanceChanges } from '../engines/balance-cache.ts';
import type { CacheCounts } from './cache-counts.ts';

/** Copies kept: those that were last asked for. */
const entriesMax = 10_000;

export interface NearBalance {
  readonly balance: Balance | undefined;
  /** Changes acknowledged longer ago than this are in it. */
  readonly ageMs: number;
}

export interface NearBalancesOptions {
  readonly follow: BalanceCache['follow'];
  /** Not older than any change acknowledged before the call. */
  readonly read: (tenant: string, accountId: string) => Promise<Balance | undefined>;
  readonly counts: Pick<CacheCounts, 'read' | 'saved'>;
  readonly nowMs?: () => number;
}

export interface NearBalances extends AsyncDisposable {
  /** A copy of this age and at least this version; undefined where there is none. */
  find(tenant: string, accountId: string, wanted: Wanted): NearBalance | undefined;
  /** Reads, and keeps a copy. */
  read(tenant: string, accountId: string): Promise<NearBalance>;
}

export interface Wanted {
  readonly minVersion: number;
  readonly maxStaleMs: number;
}

interface Copy {
  readonly balance: Balance;
  readonly asOfMs: number;
}

export function createNearBalances(options: NearBalancesOptions): NearBalances {
  const { follow, counts, nowMs = () => performance.now() } = options;
  const copies = new Map<string, Copy>();
  /** Of accounts that are being read: the newest version heard of meanwhile. */
  const heard = new Map<string, { reads: number; version: number }>();
  let doubts = 0;
  /** From the first caller on who asks for it. */
  let changes: BalanceChanges | undefined;

  function listen(): void {
    changes ??= follow?.({
      changed({ tenant, accountId, version }) {
        const key = keyOf(tenant, accountId);
        const copy = copies.get(key);
        if (copy !== undefined && copy.balance.version < version) copies.delete(key);
        const reading = heard.get(key);
        if (reading !== undefined) reading.version = Math.max(reading.version, version);
      },
      doubted() {
        doubts += 1;
        copies.clear();
      },
    });
  }

  function keep(key: string, copy: Copy): void {
    const known = copies.get(key);
    if (known !== undefined && known.balance.version > copy.balance.version) return;
    copies.delete(key);
    if (copies.size >= entriesMax) copies.delete(copies.keys().next().value!);
    copies.set(key, copy);
  }

  return {
    find(tenant, accountId, { minVersion, maxStaleMs }) {
      listen();
      if (changes?.trusted !== true) return undefined;
      const copy = copies.get(keyOf(tenant, accountId));
      if (copy === undefined || copy.balance.version < minVersion) return undefined;
      const ageMs = Math.ceil(nowMs() - copy.asOfMs);
      if (ageMs > maxStaleMs) return undefined;
      counts.read('local');
      counts.saved(1);
      return { balance: copy.balance, ageMs };
    },
    async read(tenant, accountId) {
      const key = keyOf(tenant, accountId);
      const asOfMs = nowMs();
      const doubtsBefore = doubts;
      const trusted = changes?.trusted === true;
      const reading = heard.get(key) ?? { reads: 0, version: 0 };
      reading.reads += 1;
      heard.set(key, reading);
      try {
        const balance = await options.read(tenant, accountId);
        const overtaken = balance === undefined || balance.version < reading.version;
        if (trusted && doubts === doubtsBefore && !overtaken) keep(key, { balance, asOfMs });
        return { balance, ageMs: 0 };
      } finally {
        reading.reads -= 1;
        if (reading.reads === 0) heard.delete(key);
      }
    },
    async [Symbol.asyncDispose]() {
      await changes?.[Symbol.asyncDispose]();
      copies.clear();
    },
  };
}

function keyOf(tenant: string, accountId: string): string {
  return `${tenant}:${accountId}`;
}
