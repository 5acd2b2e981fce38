import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { BalancePublisher } from '../../src/engines/balance-cache.ts';
import {
  balanceOf,
  eventually,
  openCache,
  openPublisher,
  type TestWriters,
} from '../../src/engines/redis/testing.ts';
import { privateRedis, type RedisServer } from '../engines/index.ts';
import { cacheSettings, leaseMs, openScene, type Scene as CacheScene } from './cache-scene.ts';
import { startProxy, type Proxy } from './proxy.ts';

const ttlMs = 5_000;

describe('the balance cache while Redis fails', () => {
  test('hung, with a write in between: nothing older is read when it goes on', async () => {
    await using scene = await setUp();
    const { accounts, town, cache, publisher, server } = scene;
    await scene.warm();
    server.pause();
    const tookMs = await town.pay(publisher, 'acc:0');
    assert.ok(tookMs < leaseMs + 200, `the ack took ${tookMs} ms`);
    const laterMs = await town.pay(publisher, 'acc:1');
    assert.ok(laterMs < 50, `a later ack took ${laterMs} ms`);
    await pause(400);
    server.resume();
    await scene.readFor(200);
    await eventually(() => cache.healthy());
    for (const id of accounts) assert.equal(await town.look(cache, id), 'hit', id);
    town.assertNothingStale();
  });

  test('hung: readers wait once, then pass it by', async () => {
    await using scene = await setUp();
    const { accounts, town, cache, server } = scene;
    await scene.warm();
    server.pause();
    const waits: number[] = [];
    for (let i = 0; i < 500; i += 1) {
      const startedAt = performance.now();
      const found = await town.look(cache, accounts[i % accounts.length]!);
      assert.equal(found, 'bypass');
      waits.push(performance.now() - startedAt);
    }
    waits.sort((a, b) => b - a);
    assert.ok(waits[0]! < 200 && waits[5]! < 20, `${waits.slice(0, 6).join(', ')} ms`);
  });

  test('dead: acks wait once for a lease, reads not at all, and both recover', async () => {
    await using scene = await setUp();
    const { town, cache, publisher, server } = scene;
    await scene.warm();
    await server.kill();
    assert.ok((await town.pay(publisher, 'acc:0')) < leaseMs + 200);
    assert.ok((await town.pay(publisher, 'acc:0')) < 50);
    assert.equal(await town.look(cache, 'acc:0'), 'bypass');
    await server.restart();
    await eventually(() => cache.healthy());
    assert.equal(await town.look(cache, 'acc:0'), 'miss');
    assert.equal(await town.look(cache, 'acc:0'), 'hit');
    town.assertNothingStale();
  });

  for (const how of ['pause', 'kill'] as const) {
    test(`${how === 'pause' ? 'hung' : 'dead'}: it is let go of at once`, async () => {
      await using server = await privateRedis();
      const cache = openCache(cacheSettings(server.url));
      const publisher = openPublisher(cacheSettings(server.url));
      await eventually(() => cache.healthy());
      await server[how]();
      const publishing = publisher.publish([balanceOf('a', 1)]);
      const startedAt = performance.now();
      await publisher[Symbol.asyncDispose]();
      await cache[Symbol.asyncDispose]();
      assert.ok(performance.now() - startedAt < 1_000);
      await publishing;
    });
  }

  test('flushed while a slow fill is on its way: the fill is dropped', async () => {
    await using scene = await setUp();
    const { town, cache, publisher, server } = scene;
    await town.look(cache, 'acc:0', async () => {
      await town.pay(publisher, 'acc:0');
      await server.flush();
      await eventually(() => cache.healthy());
    });
    assert.equal(await town.look(cache, 'acc:0'), 'miss');
    assert.equal(await town.look(cache, 'acc:0'), 'hit');
    town.assertNothingStale();
  });

  test('more missed than can be remembered: all that was cached counts as nothing', async () => {
    await using scene = await setUp();
    const { accounts, town, cache, publisher, server } = scene;
    await scene.warm();
    server.pause();
    const missed = Array.from({ length: 50_001 }, (_, i) => balanceOf(`other:${i}`, 1));
    missed.push(town.commit('acc:0'));
    await publisher.publish(missed);
    town.acknowledge(missed.at(-1)!);
    server.resume();
    await eventually(() => cache.healthy());
    for (const id of accounts) assert.equal(await town.look(cache, id), 'miss', id);
    town.assertNothingStale();
  });
});

describe('the balance cache while a writer fails', () => {
  test('one of two cut off, renewals held up on the way: what it acknowledges is never read older', async () => {
    await using scene = await setUp();
    const { accounts, town, server } = scene;
    await using proxy = await startProxy(server.port);
    await using second = openPublisher(
      cacheSettings(`127.0.0.1:${proxy.port}`, ttlMs),
      scene.writers.enter(),
    );
    await eventually(() => second.stats().leased);
    await scene.warm();
    for (let round = 0; round < 8; round += 1) {
      proxy.hold();
      const waiting = accounts.slice(0, 5).map((id) => town.pay(second, id));
      await scene.readFor(100);
      if (round % 2 === 1) proxy.drop();
      await Promise.all(waiting);
      await scene.readFor(200);
      proxy.release();
      await eventually(() => second.stats().leased);
      await scene.readFor(50);
    }
    town.assertNothingStale();
    assert.ok(town.found.hit > 0 && town.found.bypass > 0);
  });

  test('a writer that is stopped for a second, and goes on, makes nothing stale', async () => {
    await using scene = await setUp();
    const { accounts, town, cache, publisher, server } = scene;
    await using child = startWriter(server, scene.writers);
    await scene.warm();
    for (let round = 0; round < 3; round += 1) {
      const paying = accounts.map((id) => town.pay(child, id));
      child.pause();
      await Promise.all(accounts.slice(0, 5).map((id) => town.pay(publisher, id)));
      await scene.readFor(1_000);
      child.resume();
      await Promise.all(paying);
      await scene.readFor(100);
    }
    await eventually(() => cache.healthy());
    town.assertNothingStale();
  });

  test('a writer that died with something missed is waited for until it is struck off', async () => {
    await using scene = await setUp();
    const { town, cache, publisher, server } = scene;
    const child = startWriter(server, scene.writers);
    await scene.warm();
    await town.pay(child, 'acc:0');
    server.pause();
    await town.pay(child, 'acc:0');
    await child.kill();
    server.resume();
    await pause(500);
    assert.equal(await town.look(cache, 'acc:0'), 'bypass');
    await eventually(async () => (await publisher.register.lapsed()).includes(child.id));
    await publisher.register.strikeOff(child.id);
    assert.equal(await town.look(cache, 'acc:0'), 'miss');
    town.assertNothingStale();
  });
});

test('two writers and many readers through hangs, flushes, restarts and cuts: not one stale read', async () => {
  await using scene = await setUp();
  const { town, server, publisher } = scene;
  await using proxy = await startProxy(server.port);
  await using second = openPublisher(
    cacheSettings(`127.0.0.1:${proxy.port}`, ttlMs),
    scene.writers.enter(),
  );
  await eventually(() => second.stats().leased);
  const traffic = scene.startTraffic([publisher, second], 5);
  for (const fault of [...faults(server, proxy), ...faults(server, proxy)]) {
    await fault();
    await pause(600);
  }
  await traffic.stop();
  town.assertNothingStale();
  assert.ok(town.found.hit > 1_000, JSON.stringify(town.found));
});

function faults(server: RedisServer, proxy: Proxy): (() => Promise<void>)[] {
  return [
    async () => {
      server.pause();
      await pause(400);
      server.resume();
    },
    () => server.flush(),
    async () => {
      proxy.hold();
      await pause(150);
      proxy.drop();
      await pause(350);
      proxy.release();
    },
    () => server.restart({ keep: true }),
    async () => {
      proxy.hold();
      await pause(30);
      await server.flush();
      await pause(300);
      proxy.release();
    },
    () => server.restart(),
    async () => {
      server.pause();
      proxy.drop();
      await pause(200);
      server.resume();
    },
  ];
}

interface Scene extends CacheScene {
  readonly server: RedisServer;
}

/** With a Redis of its own, and lives that end within a test. */
async function setUp(): Promise<Scene> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await privateRedis());
  const scene = opened.use(await openScene(server.url, { accounts: 20, ttlMs }));
  const stack = opened.move();
  return { ...scene, server, [Symbol.asyncDispose]: async () => stack.disposeAsync() };
}

interface ChildWriter extends BalancePublisher {
  readonly id: string;
  pause(): void;
  resume(): void;
  kill(): Promise<void>;
}

function startWriter(server: RedisServer, writers: TestWriters): ChildWriter {
  const { id } = writers.enter();
  const child: ChildProcess = fork(join(import.meta.dirname, 'cache-writer.ts'), [server.url, id]);
  const waiting = new Map<string, () => void>();
  child.on('message', (balance: { accountId: string; version: number }) =>
    waiting.get(nameOf(balance))?.(),
  );
  return {
    id,
    publish: async (balances) => {
      for (const { accountId, version } of balances) {
        await new Promise<void>((resolve) => {
          waiting.set(nameOf({ accountId, version }), resolve);
          child.send({ accountId, version });
        });
      }
    },
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
      writers.died(id);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT');
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

function nameOf({ accountId, version }: { accountId: string; version: number }): string {
  return `${accountId} ${version}`;
}
