// GET /ledger/cache/stats: how the cache has done since the start of this process, and in all replicas of
// the ledger that live. They tell each other every second, through the cache that they share.
import { Type, type Static } from 'typebox';
import type { BalanceCache } from '../engines/balance-cache.ts';
import type { App } from '../platform/app.ts';
import { requireScope } from '../platform/identity.ts';
import { totalNames, type CacheCounts, type CacheTotals } from './cache-counts.ts';

const shareEveryMs = 1_000;

const count = (description: string) => Type.Integer({ description });

const counted = {
  reads: count('Balance reads: hits + misses + bypasses'),
  hits: count('Reads that the cache answered, or a copy in the process'),
  misses: count('Reads of balances that it did not have'),
  bypasses: count('Reads while it was away or not to be trusted'),
  localHits: count('Hits that a copy in the process answered, as maxStaleMs allowed'),
  hitRatio: Type.Number({ description: 'hits / reads; 0 before the first read' }),
  databaseCalls: count('Queries that went to the book, each for all reads that waited for one'),
  databaseCallsSaved: count('Reads that were answered without a query of their own'),
  failed: count(
    'Reads without an answer and without a query of their own; of reads that have ended, ' +
      'reads = databaseCalls + databaseCallsSaved + failed',
  ),
  fills: count('Balances from the book that were offered to the cache'),
  notFound: count('Look-ups of accounts that do not exist; that is kept for a second'),
};

const CacheStats = Type.Object(
  {
    node: Type.String({ description: 'The replica that this is of; `all` is of all' }),
    engine: Type.String({ description: 'redis or memory', examples: ['redis'] }),
    ...counted,
    all: Type.Object(counted, { description: 'The sums over `replicas`' }),
    replicas: Type.Array(
      Type.Object({
        node: Type.String({ description: 'As in the audit record' }),
        ageMs: count('How old its figures are'),
        ...counted,
      }),
      { description: 'All that live; only this one while it cannot hear of the others' },
    ),
    complete: Type.Boolean({ description: 'false: other replicas could not be heard of' }),
  },
  { title: 'CacheStats' },
);

export interface CacheStatsOptions {
  readonly cache: Pick<BalanceCache, 'engine' | 'board'>;
  readonly counts: Pick<CacheCounts, 'totals'>;
  /** Names this process among the replicas. */
  readonly node: string;
}

/** Disposing ends the telling. */
export function addCacheStats(app: App, { cache, counts, node }: CacheStatsOptions): Disposable {
  const share = () => cache.board?.share(node, JSON.stringify(counts.totals));
  const timer = setInterval(() => void share()?.catch(noop), shareEveryMs).unref();

  async function replicas() {
    const own = { node, ageMs: 0, totals: { ...counts.totals } };
    try {
      const shared = (await share()) ?? [];
      const others = shared.filter((replica) => replica.node !== node);
      return {
        complete: true,
        known: [own, ...others.map(({ text, ...of }) => ({ ...of, totals: totalsIn(text) }))],
      };
    } catch {
      return { complete: false, known: [own] };
    }
  }

  app.get(
    '/ledger/cache/stats',
    {
      schema: {
        operationId: 'getCacheStats',
        summary: 'Statistics of the balance cache, in this process and in all',
        tags: ['operations'],
        response: { 200: CacheStats },
      },
    },
    async ({ identity }) => {
      requireScope(identity, 'ops');
      const { complete, known } = await replicas();
      return {
        node,
        engine: cache.engine,
        ...statsOf(known[0]!.totals),
        all: statsOf(sumOf(known.map(({ totals }) => totals))),
        replicas: known.map(({ totals, ...of }) => ({ ...of, ...statsOf(totals) })),
        complete,
      };
    },
  );
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

type Counted = { [N in keyof typeof counted]: Static<(typeof counted)[N]> };

function statsOf(totals: CacheTotals): Counted {
  const { hit, miss, bypass, local, databaseCalls, saved, failed, fills, notFound } = totals;
  const reads = hit + miss + bypass;
  return {
    reads,
    hits: hit,
    misses: miss,
    bypasses: bypass,
    localHits: local,
    hitRatio: reads === 0 ? 0 : hit / reads,
    databaseCalls,
    databaseCallsSaved: saved,
    failed,
    fills,
    notFound,
  };
}

function sumOf(all: readonly CacheTotals[]): CacheTotals {
  const sum = (name: keyof CacheTotals) => all.reduce((total, totals) => total + totals[name], 0);
  return Object.fromEntries(totalNames.map((name) => [name, sum(name)])) as CacheTotals;
}

/** Of a replica that may run another version of the program: what it does not count is 0. */
function totalsIn(text: string): CacheTotals {
  const given = JSON.parse(text) as Partial<Record<string, number>>;
  return Object.fromEntries(totalNames.map((name) => [name, given[name] ?? 0])) as CacheTotals;
}

function noop(): void {}
