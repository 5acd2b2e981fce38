import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { Redis } from 'ioredis';
import { privateRedis, redis, type RedisServer } from '../../test/engines/index.ts';
import type { BalanceCache, BalancePublisher } from './balance-cache.ts';
import { createMemoryCache } from './memory-cache.ts';
import { acquireScript, clockScript, renewScript } from './redis/scripts.ts';
import {
  TestWriters,
  Town,
  balanceOf,
  eventually,
  openCache,
  openPublisher,
  tenant,
} from './redis/testing.ts';

interface Pair extends AsyncDisposable {
  readonly cache: BalanceCache;
  readonly publisher: BalancePublisher;
  /** Removes everything behind the cache's back and waits until it is trusted again. */
  lose(): Promise<void>;
}

const engines: [name: string, open: () => Promise<Pair>][] = [
  ['in memory', memoryPair],
  ['in Redis', redisPair],
];

for (const [name, open] of engines) {
  describe(`the balance cache ${name}`, () => {
    test('a balance that was read and filled is found again', async () => {
      await using pair = await open();
      const read = await pair.cache.read(tenant, 'a');
      assert.ok(read.found === 'miss');
      await pair.cache.fill(tenant, 'a', balanceOf('a', 7), read.permit);
      assert.deepEqual(await pair.cache.read(tenant, 'a'), {
        found: 'hit',
        balance: balanceOf('a', 7),
      });
    });

    test('accounts of the same name in two tenants are strangers', async () => {
      await using pair = await open();
      await fill(pair, 'a', 7);
      assert.equal((await pair.cache.read('tnt_other', 'a')).found, 'miss');
    });

    test('a published balance replaces an older one and never a newer one', async () => {
      await using pair = await open();
      await fill(pair, 'a', 7);
      await pair.publisher.publish([balanceOf('a', 9)]);
      assert.equal(await versionOf(pair, 'a'), 9);
      await pair.publisher.publish([balanceOf('a', 8)]);
      assert.equal(await versionOf(pair, 'a'), 9);
    });

    test('a fill that a writer has overtaken is dropped', async () => {
      await using pair = await open();
      const slow = await pair.cache.read(tenant, 'a');
      assert.ok(slow.found === 'miss');
      await pair.publisher.publish([balanceOf('a', 2)]);
      await pair.cache.fill(tenant, 'a', balanceOf('a', 1), slow.permit);
      assert.equal((await pair.cache.read(tenant, 'a')).found, 'miss');
    });

    test('a fill that began before everything was lost is dropped', async () => {
      await using pair = await open();
      const slow = await pair.cache.read(tenant, 'a');
      assert.ok(slow.found === 'miss');
      await pair.publisher.publish([balanceOf('a', 2)]);
      await pair.lose();
      const next = await pair.cache.read(tenant, 'a');
      assert.ok(next.found === 'miss');
      await pair.cache.fill(tenant, 'a', balanceOf('a', 1), slow.permit);
      assert.equal((await pair.cache.read(tenant, 'a')).found, 'miss');
      await pair.cache.fill(tenant, 'a', balanceOf('a', 2), next.permit);
      assert.equal(await versionOf(pair, 'a'), 2);
    });

    test('a late repeat of an overtaken version is not put where the newer one was lost', async () => {
      await using pair = await open();
      await fill(pair, 'a', 1);
      await pair.publisher.publish([balanceOf('a', 3)]);
      await pair.lose();
      await pair.publisher.publish([balanceOf('a', 2)]);
      assert.equal((await pair.cache.read(tenant, 'a')).found, 'miss');
    });

    test('readers that miss together may fill with the same permit, once', async () => {
      await using pair = await open();
      const [first, second] = await Promise.all([
        pair.cache.read(tenant, 'a'),
        pair.cache.read(tenant, 'a'),
      ]);
      assert.ok(first.found === 'miss' && second.found === 'miss');
      await pair.cache.fill(tenant, 'a', balanceOf('a', 5), second.permit);
      await pair.cache.fill(tenant, 'a', balanceOf('a', 4), first.permit);
      assert.equal(await versionOf(pair, 'a'), 5);
    });

    test('a thousand balances are published and read together', async () => {
      await using pair = await open();
      const ids = Array.from({ length: 1_000 }, (_, i) => `acc:${i}`);
      await Promise.all(ids.map((id) => fill(pair, id, 1)));
      await pair.publisher.publish(ids.map((id) => balanceOf(id, 2)));
      const versions = await Promise.all(ids.map((id) => versionOf(pair, id)));
      assert.deepEqual(new Set(versions), new Set([2]));
    });
  });
}

test('the cache in memory drops the account that was not read for longest', async () => {
  const { cache, publisher } = createMemoryCache(2);
  const pair = { cache, publisher };
  await fill(pair, 'a', 1);
  await fill(pair, 'b', 1);
  await versionOf(pair, 'a');
  await fill(pair, 'c', 1);
  assert.equal(await versionOf(pair, 'a'), 1);
  assert.equal((await cache.read(tenant, 'b')).found, 'miss');
});

describe('the cache in Redis', () => {
  test('nothing is trusted before a writer holds a lease, nor after it has left', async () => {
    await using server = await redis();
    await using cache = openCache(settingsFor(server));
    await using client = connect(server);
    await eventually(async () => String(await client.client('LIST')).split('\n').length > 1);
    assert.equal((await cache.read(tenant, 'a')).found, 'bypass');
    {
      await using _publisher = openPublisher(settingsFor(server));
      await eventually(() => cache.healthy());
      assert.equal((await cache.read(tenant, 'a')).found, 'miss');
    }
    assert.equal((await cache.read(tenant, 'a')).found, 'bypass');
    assert.equal(await client.zcard('atlas:writers'), 0);
  });

  test('a balance lives for CACHE_TTL_MS at most, under a key with tenant and account', async () => {
    await using server = await redis();
    await using pair = await redisPair(server);
    await using client = connect(server);
    await fill(pair, 'msisdn::2348100000001', 3);
    const ttl = await client.pttl('bal:tnt_test:msisdn::2348100000001');
    assert.ok(ttl > 50_000 && ttl <= 60_000, `${ttl} ms`);
  });

  test('every change is announced with account and version', async () => {
    await using server = await redis();
    await using pair = await redisPair(server);
    await using client = connect(server);
    await client.subscribe('balance:invalidate');
    const announced = once(client, 'message');
    await pair.publisher.publish([balanceOf('acc_1', 12)]);
    assert.deepEqual(await announced, ['balance:invalidate', 'tnt_test/acc_1:12']);
  });

  test('a slow fill is dropped when its permit has expired', async () => {
    await using server = await redis();
    await using pair = await redisPair(server);
    await using client = connect(server);
    const read = await pair.cache.read(tenant, 'a');
    assert.ok(read.found === 'miss');
    const life = await client.pttl('bal:tnt_test:a');
    assert.ok(life > 0 && life <= 1_000, `${life} ms`);
    await client.del('bal:tnt_test:a');
    await pair.cache.fill(tenant, 'a', balanceOf('a', 1), read.permit);
    assert.equal(await client.exists('bal:tnt_test:a'), 0);
  });

  test('one writer whose lease has lapsed keeps readers away until it is struck off', async () => {
    await using server = await redis();
    await using pair = await redisPair(server);
    await using client = connect(server);
    await fill(pair, 'a', 1);
    await client.zadd('atlas:writers', Date.now() - 3_000, 'dead-writer');
    assert.equal((await pair.cache.read(tenant, 'a')).found, 'bypass');
    assert.deepEqual(await pair.publisher.register!.lapsed(), ['dead-writer']);
    await pair.publisher.register!.strikeOff('dead-writer');
    // What the dead one failed to put nobody knows, so what was cached counts no more.
    assert.equal((await pair.cache.read(tenant, 'a')).found, 'miss');
  });

  test('a writer in trouble for less than two seconds is not taken for dead', async () => {
    await using server = await redis();
    await using pair = await redisPair(server);
    await using client = connect(server);
    await client.zadd('atlas:writers', Date.now() - 1_000, 'slow-writer');
    assert.deepEqual(await pair.publisher.register!.lapsed(), []);
  });

  test('after a flush readers wait for every known writer, not only for the first to come back', async () => {
    await using server = await privateRedis();
    const writers = new TestWriters();
    const [first, second] = [writers.enter(), writers.enter()];
    const settings = settingsFor(server);
    await using cache = openCache(settings);
    await using _first = openPublisher(settings, first);
    await using client = connect(server);
    await eventually(async () => Number(await client.zscore('atlas:writers', first.id)) > 0);
    // The second is known from the book, but has no lease.
    assert.equal(await client.zscore('atlas:writers', second.id), '0');
    assert.equal((await cache.read(tenant, 'a')).found, 'bypass');
    await using _second = openPublisher(settings, second);
    await eventually(() => cache.healthy());
  });

  test('what a restarted Redis brings back from its dump is not believed', async () => {
    await using server = await privateRedis();
    await using pair = await redisPair(server);
    const town = new Town();
    await town.pay(pair.publisher, 'a');
    await town.look(pair.cache, 'a');
    assert.equal(await town.look(pair.cache, 'a'), 'hit');
    await server.restart({ keep: true });
    await eventually(() => pair.cache.healthy());
    await using client = connect(server);
    assert.match((await client.get('bal:tnt_test:a')) ?? '', /"version":1/);
    assert.equal((await pair.cache.read(tenant, 'a')).found, 'miss');
  });

  test('a lease asked for too late is not given, and a renewal counts for one lease only', async () => {
    await using server = await privateRedis();
    await using client = connect(server);
    const keys = ['atlas:epoch', 'atlas:writers'] as const;
    const now = Number(await client.eval(clockScript.lua, 0));
    const acquire = (notAfter: number) =>
      client.eval(acquireScript.lua, 2, ...keys, 'run', 'w', notAfter, 150, 'fresh', 0);
    assert.equal(await acquire(now - 1), 0);
    assert.equal(await client.exists(...keys), 0);
    const end = Number(await acquire(now + 10_000));
    assert.ok(end > now);
    const renew = () => client.eval(renewScript.lua, 2, ...keys, 'run', 'w', end, 60_000);
    assert.ok(Number(await renew()) > end);
    // The same renewal once more, as when two were held up on their way.
    assert.equal(await renew(), 0);
    await client.zadd('atlas:writers', now - 1, 'w');
    const lapsed = await client.eval(renewScript.lua, 2, ...keys, 'run', 'w', now - 1, 60_000);
    assert.equal(lapsed, 0);
  });

  test('a lease that another server process gave has ended on this one', async () => {
    await using server = await privateRedis();
    await using client = connect(server);
    const keys = ['atlas:epoch', 'atlas:writers'] as const;
    const now = Number(await client.eval(clockScript.lua, 0));
    await client.set('atlas:epoch', 'former-run:epoch');
    await client.zadd('atlas:writers', now + 60_000, 'of-the-former');
    await client.eval(acquireScript.lua, 2, ...keys, 'run', 'w', now + 60_000, 150, 'fresh', 0);
    assert.equal(await client.zscore('atlas:writers', 'of-the-former'), '0');
  });

  test('a malformed REDIS is refused at once, without its password', () => {
    for (const wrong of ['http://user:secret@host', 'redis://', ':::']) {
      assert.throws(
        () => openCache({ ...settings, REDIS: wrong }),
        (error: Error) => /REDIS must be/.test(error.message) && !/secret/.test(error.message),
      );
    }
  });
});

// Longer than the defaults: these tests are about what is stored, also on a busy machine.
const settings = { CACHE_TTL_MS: 60_000, CACHE_LEASE_MS: 3_000, CACHE_TIMEOUT_MS: 2_500 };

function settingsFor(server: RedisServer) {
  return { ...settings, REDIS: server.url };
}

async function memoryPair(): Promise<Pair> {
  const { cache, publisher } = createMemoryCache(10_000);
  return {
    cache,
    publisher,
    // It drops everything it holds, and would go on.
    lose: async () => cache[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {},
  };
}

async function redisPair(given?: RedisServer): Promise<Pair> {
  await using opened = new AsyncDisposableStack();
  const server = given ?? opened.use(await redis());
  const cache = opened.use(openCache(settingsFor(server)));
  const publisher = opened.use(openPublisher(settingsFor(server)));
  await eventually(() => cache.healthy());
  const stack = opened.move();
  return {
    cache,
    publisher,
    async lose() {
      await server.flush();
      await eventually(() => cache.healthy());
    },
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  };
}

async function fill(
  { cache }: Pick<Pair, 'cache'>,
  accountId: string,
  version: number,
): Promise<void> {
  const read = await cache.read(tenant, accountId);
  assert.ok(read.found === 'miss');
  await cache.fill(tenant, accountId, balanceOf(accountId, version), read.permit);
}

async function versionOf({ cache }: Pick<Pair, 'cache'>, accountId: string): Promise<number> {
  const read = await cache.read(tenant, accountId);
  assert.ok(read.found === 'hit' && read.balance !== undefined, `found: ${read.found}`);
  return read.balance.version;
}

function connect(server: RedisServer): Redis & AsyncDisposable {
  const client = new Redis(server.url);
  client.on('error', () => {});
  return Object.assign(client, {
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  });
}
