// GET /ledger/cache/stats: how the cache of this process has done since its start.
import { Type } from 'typebox';
import type { App } from '../platform/http.ts';
import { requireScope } from '../platform/identity.ts';
import type { CacheCounts } from './cache-counts.ts';

const count = (description: string) => Type.Integer({ description });

const CacheStats = Type.Object(
  {
    engine: Type.String({ description: 'redis or memory', examples: ['redis'] }),
    reads: count('Balance reads: hits + misses + bypasses'),
    hits: count('Reads that the cache answered'),
    misses: count('Reads of balances that it did not have'),
    bypasses: count('Reads while it was away or not to be trusted'),
    hitRatio: Type.Number({ description: 'hits / reads; 0 before the first read' }),
    databaseCalls: count('Queries that went to the book, each for all reads that waited for one'),
    databaseCallsSaved: count('Reads that were answered without a query of their own'),
    failed: count(
      'Reads without an answer and without a query of their own; of reads that have ended, ' +
        'reads = databaseCalls + databaseCallsSaved + failed',
    ),
    fills: count('Balances from the book that were offered to the cache'),
    notFound: count('Look-ups of accounts that do not exist; that is kept for a second'),
  },
  { title: 'CacheStats' },
);

export function addCacheStats(app: App, engine: string, { totals }: CacheCounts): void {
  app.get(
    '/ledger/cache/stats',
    {
      schema: {
        operationId: 'getCacheStats',
        summary: 'Statistics of the balance cache in this process',
        tags: ['operations'],
        response: { 200: CacheStats },
      },
    },
    ({ identity }) => {
      requireScope(identity, 'ops');
      const { hit, miss, bypass, databaseCalls, saved, failed, fills, notFound } = totals;
      const reads = hit + miss + bypass;
      return {
        engine,
        reads,
        hits: hit,
        misses: miss,
        bypasses: bypass,
        hitRatio: reads === 0 ? 0 : hit / reads,
        databaseCalls,
        databaseCallsSaved: saved,
        failed,
        fills,
        notFound,
      };
    },
  );
}
