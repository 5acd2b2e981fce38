import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import {
  TestWriters,
  Town,
  eventually,
  openCache,
  openPublisher,
} from '../../src/engines/redis/testing.ts';
import { privateRedis } from '../engines/index.ts';
import { cacheSettings, openScene } from './cache-scene.ts';
import { startProxy } from './proxy.ts';

const settingsFor = (port: number) => cacheSettings(`127.0.0.1:${port}`);

test('a core that cannot reach Redis from its very start is waited for by readers before it acknowledges', async () => {
  await using server = await privateRedis();
  await using scene = await openScene(server.url, { accounts: 10 });
  const { accounts, town, cache, writers } = scene;
  await scene.warm();
  await using proxy = await startProxy(server.port);
  proxy.hold();
  await using newcomer = openPublisher(settingsFor(proxy.port), writers.enter());
  for (const id of accounts) {
    await town.pay(newcomer, id);
    assert.equal(await town.look(cache, id), 'bypass');
  }
  proxy.release();
  await eventually(() => cache.healthy());
  for (const id of accounts) await town.look(cache, id);
  town.assertNothingStale();
});

test('a core that has reached another server than the readers is waited for all the same', async () => {
  await using former = await privateRedis();
  await using promoted = await privateRedis();
  await using scene = await openScene(former.url, { accounts: 10 });
  const { accounts, town, cache, writers } = scene;
  await scene.warm();
  await using newcomer = openPublisher(settingsFor(promoted.port), writers.enter());
  await eventually(() => newcomer.stats().leased);
  for (const id of accounts) {
    await town.pay(newcomer, id);
    assert.equal(await town.look(cache, id), 'bypass');
  }
  town.assertNothingStale();
});

test('a core that goes over to another server acknowledges only when its lease at the first has ended', async () => {
  await using former = await privateRedis();
  await using promoted = await privateRedis();
  await using cache = openCache(settingsFor(former.port));
  // Its first connection leads to the one server, the next to the other.
  await using proxy = await startProxy(former.port, promoted.port);
  await using publisher = openPublisher(settingsFor(proxy.port));
  await eventually(() => cache.healthy());
  const town = new Town();
  const accounts = ['a', 'b', 'c'];
  for (const id of accounts) {
    await town.pay(publisher, id);
    await town.look(cache, id);
  }
  proxy.drop();
  const waits: number[] = [];
  while (!publisher.stats().leased || waits.length < 50) {
    for (const id of accounts) {
      waits.push(await town.pay(publisher, id));
      await town.look(cache, id);
    }
    // Without a lease, and past a silent cache, neither waits for anything: others need their turn.
    await new Promise(setImmediate);
  }
  town.assertNothingStale();
  assert.ok(Math.max(...waits) < 1_000, `${Math.max(...waits)} ms`);
});

test('a core that starts after one has died waits for the lease that the dead one may have left', async () => {
  await using server = await privateRedis();
  const writers = new TestWriters();
  await using proxy = await startProxy(server.port);
  proxy.hold();
  writers.died(writers.enter().id);
  await using newcomer = openPublisher(settingsFor(proxy.port), writers.enter());
  const tookMs = await new Town().pay(newcomer, 'a');
  assert.ok(tookMs >= 290, `${tookMs} ms`);
});

test('a server that has become a replica is left for the one that its address leads to now', async () => {
  await using former = await privateRedis();
  await using promoted = await privateRedis();
  await using proxy = await startProxy(former.port);
  await using scene = await openScene(`127.0.0.1:${proxy.port}`, { accounts: 10 });
  const { accounts, town, cache } = scene;
  await scene.warm();
  proxy.leadTo(promoted.port);
  // As a planned failover does it: nobody's connection is closed.
  const admin = new Redis(former.port);
  await admin.replicaof('127.0.0.1', promoted.port);
  admin.disconnect();
  await eventually(async () => {
    for (const id of accounts) {
      await town.pay(scene.publisher, id);
      await town.look(cache, id);
    }
    return cache.healthy();
  });
  town.assertNothingStale();
});

test('an account that was found missing is found the moment its opening is acknowledged', async () => {
  await using server = await privateRedis();
  // A lease that does not lapse on a starved machine: this is about what is stored.
  const settings = { ...settingsFor(server.port), CACHE_LEASE_MS: 10_000, CACHE_TIMEOUT_MS: 5_000 };
  await using cache = openCache(settings);
  await using publisher = openPublisher(settings);
  await eventually(() => cache.healthy());
  const town = new Town();
  await town.look(cache, 'a');
  assert.equal(await town.look(cache, 'a'), 'hit', 'the word that there is none');
  await town.open(publisher, 'a');
  assert.equal(await town.look(cache, 'a'), 'miss');
  town.assertNothingStale();
});

test('an opening that Redis could not be told of is not denied when it goes on', async () => {
  await using server = await privateRedis();
  await using cache = openCache(settingsFor(server.port));
  await using publisher = openPublisher(settingsFor(server.port));
  await eventually(() => cache.healthy());
  const town = new Town();
  await town.look(cache, 'a');
  server.pause();
  await town.open(publisher, 'a');
  server.resume();
  await town.look(cache, 'a');
  await eventually(() => cache.healthy());
  await town.look(cache, 'a');
  town.assertNothingStale();
});
