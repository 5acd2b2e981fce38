import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { privateRedis } from '../../test/engines/index.ts';
import type { Balance } from '../contracts/balances.ts';
import type { BalanceCache, BalancePublisher } from './balance-cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import { balanceOf, eventually, openCache, openPublisher, tenant } from './redis/testing.ts';

/**
 * What may happen in any order: a commit, the first of which opens the account; a publish of anything committed, late and repeated ones too;
 * a read, which on a miss reads the book; the fill that follows such a read, however late; an eviction.
 */
const step = fc.record({
  kind: fc.constantFrom('commit', 'publish', 'look', 'look', 'fill', 'evict'),
  account: fc.constantFrom('a', 'b'),
  /** Which of several, counted from the oldest, round and round. */
  which: fc.nat(20),
});
const steps = fc.array(step, { minLength: 20, maxLength: 80 });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

interface Engine {
  readonly cache: BalanceCache;
  readonly publisher: BalancePublisher;
  evict(accountId: string): Promise<void>;
}

test('in memory no order of events makes a read older than an acknowledgement', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      // One of two accounts fits, so that a read may evict the other.
      const engine = createMemoryCache(1);
      const evict = async () => void (await engine.cache.read(tenant, 'other'));
      await play(order, { ...engine, evict }, '');
    }),
    { numRuns: 2_000 },
  );
});

test('in Redis no order of events makes a read older than an acknowledgement', async () => {
  await using server = await privateRedis();
  const settings = {
    REDIS: server.url,
    CACHE_TTL_MS: 5_000,
    CACHE_LEASE_MS: 1_200,
    CACHE_TIMEOUT_MS: 1_000,
  };
  await using cache = openCache(settings);
  await using publisher = openPublisher(settings);
  const client = new Redis(server.url);
  await eventually(() => cache.healthy());
  const evict = async (id: string) => void (await client.del(`bal:${tenant}:${id}`));
  let runs = 0;
  try {
    await fc.assert(
      fc.asyncProperty(steps, (order) => play(order, { cache, publisher, evict }, `${runs++}:`)),
      { numRuns: 400 },
    );
  } finally {
    client.disconnect();
  }
});

async function play(
  order: readonly Step[],
  { cache, publisher, evict }: Engine,
  prefix: string,
): Promise<void> {
  const committed: Balance[] = [];
  const fills: (() => Promise<void>)[] = [];
  const newest = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  for (const { kind, account, which } of order) {
    const id = prefix + account;
    if (kind === 'commit') {
      const version = (newest.get(id) ?? -1) + 1;
      newest.set(id, version);
      committed.push(balanceOf(id, version));
    } else if (kind === 'publish' && committed.length > 0) {
      const balance = committed[which % committed.length]!;
      await publisher.publish([balance]);
      const known = acknowledged.get(balance.accountId) ?? -1;
      acknowledged.set(balance.accountId, Math.max(known, balance.version));
    } else if (kind === 'look') {
      const read = await cache.read(tenant, id);
      if (read.found === 'hit') {
        assert.ok((read.balance?.version ?? -1) >= (acknowledged.get(id) ?? -1), 'a stale read');
      } else if (read.found === 'miss') {
        const version = newest.get(id);
        const book = version === undefined ? undefined : balanceOf(id, version);
        fills.push(() => cache.fill(tenant, id, book, read.permit));
      }
    } else if (kind === 'fill' && fills.length > 0) {
      await fills.splice(which % fills.length, 1)[0]!();
    } else if (kind === 'evict') {
      await evict(id);
    }
  }
}
