import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Redis } from 'ioredis';
import { followChanges } from '../../src/engines/redis/changes.ts';
import { balanceOf, eventually, openPublisher } from '../../src/engines/redis/testing.ts';
import { redisCluster, redisSentinels } from '../engines/index.ts';
import { cacheSettings, openScene, type Scene, type Traffic } from './cache-scene.ts';

/** Generous: on a starved machine nodes take each other for dead when they are not. */
const failoverMs = 60_000;

describe('the balance cache on a Redis Cluster', () => {
  test('spreads accounts over all nodes, and no read is stale when a primary is killed, hung and brought back', async () => {
    await using cluster = await redisCluster();
    await using scene = await setUp(cluster.url);
    const { accounts, town, cache, publisher } = scene;
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
    const { accounts, publisher } = scene;
    const heard = new Set<string>();
    await using changes = followChanges(cacheSettings(cluster.url), {
      changed: ({ accountId }) => heard.add(accountId),
      doubted() {},
    });
    await eventually(() => changes.trusted);
    await publisher.publish(accounts.map((id) => balanceOf(id, 1)));
    await eventually(() => heard.size === accounts.length);
  });
});

describe('the balance cache behind Sentinels', () => {
  test('with TLS and passwords: no read is stale when the primary is killed, and the promoted one is used', async () => {
    await using set = await redisSentinels({ secured: true });
    await trust(set.authority!);
    await using scene = await setUp(set.url);
    const { accounts, town, cache } = scene;
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
interface SetScene extends Scene {
  startLoad(): Traffic;
}

async function setUp(url: string): Promise<SetScene> {
  await using opened = new AsyncDisposableStack();
  const scene = opened.use(await openScene(url, { accounts: 40, patienceMs: failoverMs }));
  const { accounts, publisher, writers } = scene;
  const second = opened.use(openPublisher(cacheSettings(url), writers.enter()));
  const stack = opened.move();
  return {
    ...scene,
    startLoad: () => scene.startTraffic([publisher, second], accounts.length),
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  };
}

async function trust(authority: string): Promise<void> {
  const known = getCACertificates('default');
  setDefaultCACertificates([...known, await readFile(authority, 'utf8')]);
}
