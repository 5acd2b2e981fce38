// What became of balance reads: the same numbers for /metrics and for the cache statistics. Every read
// is counted once, by what the cache said when it was first asked.
import type { CacheRead } from '../engines/balance-cache.ts';
import type { Metrics } from '../platform/metrics.ts';

export interface CacheCounts {
  read(found: CacheRead['found']): void;
  /** The book was asked for a balance. */
  databaseRead(): void;
  /** A balance from the book was offered to the cache. */
  filled(): void;
  /** The book had no such account. */
  notFound(): void;
  readonly totals: Readonly<
    Record<'hit' | 'miss' | 'bypass' | 'databaseReads' | 'fills' | 'notFound', number>
  >;
}

export function countCache(metrics: Metrics): CacheCounts {
  const totals = { hit: 0, miss: 0, bypass: 0, databaseReads: 0, fills: 0, notFound: 0 };
  metrics.total('cache_hits_total', 'Balance reads that the cache answered', () => totals.hit);
  metrics.total('cache_misses_total', 'Balance reads that it had nothing for', () => totals.miss);
  metrics.total(
    'cache_bypasses_total',
    'Balance reads past an untrusted cache',
    () => totals.bypass,
  );
  metrics.total('database_reads_total', 'Balances read from the book', () => totals.databaseReads);
  return {
    totals,
    read(found) {
      totals[found] += 1;
    },
    databaseRead() {
      totals.databaseReads += 1;
    },
    filled() {
      totals.fills += 1;
    },
    notFound() {
      totals.notFound += 1;
    },
  };
}
