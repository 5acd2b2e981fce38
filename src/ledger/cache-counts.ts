// What became of balance reads: the same numbers for /metrics and for the cache statistics. Every read
// is counted once, by what the cache said when it was first asked.
import type { CacheRead } from '../engines/balance-cache.ts';
import type { Metrics } from '../platform/metrics.ts';

const outcomes = ['hit', 'miss', 'bypass'] as const satisfies CacheRead['found'][];

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
  const reads = metrics.counter('cache_reads_total', 'Balance reads by what the cache said', [
    'outcome',
  ]);
  const databaseReads = metrics.counter('database_reads_total', 'Balances read from the book');
  const readsBy = Object.fromEntries(
    outcomes.map((outcome) => [outcome, reads.labels(outcome)]),
  ) as Record<CacheRead['found'], { inc(): void }>;
  return {
    totals,
    read(found) {
      totals[found] += 1;
      readsBy[found].inc();
    },
    databaseRead() {
      totals.databaseReads += 1;
      databaseReads.inc();
    },
    filled() {
      totals.fills += 1;
    },
    notFound() {
      totals.notFound += 1;
    },
  };
}
