// What became of balance reads: the same numbers for /metrics and for the cache statistics. Every read
// is counted by what the cache said when it was first asked, a copy in the process being a hit too, and when
// it has ended once more: it led to a call of the database, it was saved one, or it had no answer.
import type { CacheRead } from '../engines/balance-cache.ts';
import type { Metrics } from '../platform/metrics.ts';

export interface CacheCounts {
  read(found: CacheRead['found'] | 'local'): void;
  /** A query for balances was sent to the book, on behalf of one read. */
  databaseCall(): void;
  /** Reads were answered without a call of their own. */
  saved(reads: number): void;
  /** Reads had no answer, and no call of their own. */
  failed(reads: number): void;
  /** The cache was offered a balance from the book, or the word that there is no such account. */
  filled(exists: boolean): void;
  readonly totals: Readonly<CacheTotals>;
}

export type CacheTotals = Record<(typeof totalNames)[number], number>;

export const totalNames = [
  'hit',
  'miss',
  'bypass',
  'local',
  'databaseCalls',
  'saved',
  'failed',
  'fills',
  'notFound',
] as const;

export function countCache(metrics: Metrics): CacheCounts {
  const totals = Object.fromEntries(totalNames.map((name) => [name, 0])) as CacheTotals;
  const expose = (what: string, help: string, name: keyof CacheTotals) =>
    metrics.total(what, help, () => totals[name]);
  expose('cache_hits_total', 'Balance reads that the cache answered, or a copy', 'hit');
  expose('cache_misses_total', 'Balance reads that it had nothing for', 'miss');
  expose('cache_bypasses_total', 'Balance reads past an untrusted cache', 'bypass');
  expose('cache_local_hits_total', 'Hits that a copy in the process answered', 'local');
  expose('database_calls_total', 'Queries for balances, a batch each', 'databaseCalls');
  expose('database_calls_saved_total', 'Balance reads without a query of their own', 'saved');
  return {
    totals,
    read(found) {
      totals[found] += 1;
      if (found === 'local') totals.hit += 1;
    },
    databaseCall() {
      totals.databaseCalls += 1;
    },
    saved(reads) {
      totals.saved += reads;
    },
    failed(reads) {
      totals.failed += reads;
    },
    filled(exists) {
      if (exists) totals.fills += 1;
      else totals.notFound += 1;
    },
  };
}
