import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { BalanceCache, BalancePublisher } from '../../src/engines/balance-cache.ts';
import { followChanges } from '../../src/engines/redis/changes.ts';
import {
  TestWriters,
  Town,
  balanceOf,
  eventually,
  openCache,
  openPublisher,
} from '../../src/engines/redis/testing.ts';
import { redisCluster, redisSentinels } from '../engines/index.ts';

const accounts = Array.from({ length: 40 }, (_, i) => `acc:${i}`);

describe('the balance cache on a Redis Cluster', () => {
  test('spreads accounts over all nodes, and no read is stale when a primary is killed, hung and brought back', async () => {
    await using cluster = await redisCluster();
    await using scene = await setUp(cluster.url);
    const { town, cache, publisher } = scene;
    await scene.warm();
    for (const id of accounts) {
      await eventually(async () => (await town.look(cache, id)) === 'hit');
    }
    for (const { port } of cluster.primaries) {
      const client = new Redis(port);
      assert.notEqual((await client.keys('bal:{*')).length, 0);
      client.disconnect();
    }
    const load = scene.startLoad();
    await load.more(200, 1_000);
    const [killed, hung, flushed] = cluster.primaries;
    await killed!.kill();
    await eventually(() => !publisher.stats().leased);
    // What lies on the other nodes is cached all the while.
    const before = town.found.hit;
    await load.more(100, 500);
    assert.ok(town.found.hit > before);
    await eventually(() => cache.healthy(), failoverMs);
    await load.more(200, 1_000);
    await killed!.restart();
    hung!.pause();
    await eventually(() => !publisher.stats().leased, failoverMs);
    await load.more(100, 500);
    await eventually(() => cache.healthy(), failoverMs);
    hung!.resume();
    await load.more(300, 1_500);
    await flushed!.restart();
    await eventually(() => cache.healthy(), failoverMs);
    await load.more(200, 1_000);
    await load.stop();
    town.assertNothingStale();
    assert.ok(town.found.hit > 1_000 && town.found.bypass > 0, JSON.stringify(town.found));
  });

  test('with TLS and a password: changes are heard of whichever node holds the account', async () => {
    await using cluster = await redisCluster({ secured: true });
    await trust(cluster.authority!);
    await using scene = await setUp(cluster.url);
    const heard = new Set<string>();
    await using changes = followChanges(settingsFor(cluster.url), {
      changed: ({ accountId }) => heard.add(accountId),
      doubted() {},
    });
    await eventually(() => changes.trusted);
    await scene.publisher.publish(accounts.map((id) => balanceOf(id, 1)));
    await eventually(() => heard.size === accounts.length);
  });
});

describe('the balance cache behind Sentinels', () => {
  test('with TLS and passwords: no read is stale when the primary is killed, and the promoted one is used', async () => {
    await using set = await redisSentinels({ secured: true });
    await trust(set.authority!);
    await using scene = await setUp(set.url);
    const { town, cache } = scene;
    await scene.warm();
    const load = scene.startLoad();
    await load.more(200, 1_000);
    await set.nodes[0].kill();
    await load.more(100, 500);
    await eventually(() => cache.healthy(), failoverMs);
    await load.more(200, 1_000);
    await load.stop();
    town.assertNothingStale();
    const hits = town.found.hit;
    for (const id of accounts) await town.look(cache, id);
    for (const id of accounts) await town.look(cache, id);
    assert.ok(town.found.hit >= hits + accounts.length);
  });

  test('a primary that hangs, is replaced and goes on: no read is stale', async () => {
    await using set = await redisSentinels();
    await using scene = await setUp(set.url);
    const { town, cache } = scene;
    await scene.warm();
    const load = scene.startLoad();
    await load.more(200, 1_000);
    set.nodes[0].pause();
    await load.more(100, 500);
    await eventually(() => cache.healthy(), failoverMs);
    await load.more(100, 500);
    set.nodes[0].resume();
    await load.more(300, 1_500);
    await load.stop();
    town.assertNothingStale();
  });
});

/** Two cores and a ledger. */
interface Scene extends AsyncDisposable {
  readonly town: Town;
  readonly cache: BalanceCache;
  readonly publisher: ReturnType<typeof openPublisher>;
  /** Every account has a version and is in the cache. */
  warm(): Promise<void>;
  startLoad(): Load;
}

interface Load {
  /** So many more writes and reads have been done. */
  more(writes: number, reads: number): Promise<void>;
  stop(): Promise<void>;
}

async function setUp(url: string): Promise<Scene> {
  await using opened = new AsyncDisposableStack();
  const settings = settingsFor(url);
  const writers = new TestWriters();
  const cache = opened.use(openCache(settings));
  const publisher = opened.use(openPublisher(settings, writers.enter()));
  const second = opened.use(openPublisher(settings, writers.enter()));
  await eventually(() => cache.healthy(), failoverMs);
  const town = new Town();
  const stack = opened.move();
  return {
    town,
    cache,
    publisher,
    async warm() {
      for (const id of accounts) {
        await town.pay(publisher, id);
        await town.look(cache, id);
      }
    },
    startLoad: () => startLoad(town, cache, [publisher, second]),
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  };
}

function startLoad(town: Town, cache: BalanceCache, publishers: readonly BalancePublisher[]): Load {
  const done = { writes: 0, reads: 0 };
  let stopping = false;
  const run = async (step: () => Promise<unknown>, what: keyof typeof done) => {
    while (!stopping) {
      await step();
      done[what] += 1;
      await pause(Math.random() * 5);
    }
  };
  const running = [
    ...publishers.map((publisher) => run(() => town.pay(publisher, anyone()), 'writes')),
    ...publishers.map((publisher) => run(() => town.pay(publisher, anyone()), 'writes')),
    ...Array.from({ length: 12 }, () => run(() => town.look(cache, anyone()), 'reads')),
  ];
  return {
    async more(writes, reads) {
      const wanted = { writes: done.writes + writes, reads: done.reads + reads };
      await eventually(
        () => done.writes >= wanted.writes && done.reads >= wanted.reads,
        failoverMs,
      );
    },
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
  };
}

/** Generous: on a starved machine nodes take each other for dead when they are not. */
const failoverMs = 60_000;

async function trust(authority: string): Promise<void> {
  const known = getCACertificates('default');
  setDefaultCACertificates([...known, await readFile(authority, 'utf8')]);
}

function anyone(): string {
  return accounts[Math.floor(Math.random() * accounts.length)]!;
}

function settingsFor(url: string) {
  return { REDIS: url, CACHE_TTL_MS: 60_000, CACHE_LEASE_MS: 300, CACHE_TIMEOUT_MS: 50 };
}
