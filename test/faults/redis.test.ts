import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../src/engines/redis/testing.ts';
import { kafka, postgres, privateRedis } from '../engines/index.ts';
import type { RedisServer } from '../engines/index.ts';
import { realEngines, startSystem } from '../system.ts';
import { startChecking, type Checking } from '../stale-reads/checking.ts';
import { assertSound } from './book.ts';
import { startCluster } from './processes.ts';

/** Six accounts, so that each of them is written and read all the time. */
const load = { accounts: 6, writers: 6, readers: 4, 'rest-ms': 10 };

/** The core's metric of this name, now. */
type Measure = (name: string) => Promise<number>;

async function watching(
  fail: (redis: RedisServer, checking: Checking, measure: Measure) => Promise<void>,
): Promise<void> {
  await using database = await postgres();
  await using redis = await privateRedis();
  const broker = await kafka();
  await using cluster = await startCluster({
    DATABASE_URL: database.url,
    REDIS: redis.url,
    KAFKA_BOOTSTRAP: broker.bootstrap,
    TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
    TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
    TOPIC_PARTITIONS: '1',
  });
  const core = await cluster.start(['core']);
  const front = await cluster.start(['payments', 'ledger', 'gateway'], {
    LEDGER_INTERNAL: core.urls['core']!,
  });
  const target = {
    payments: [front.urls['payments']!],
    ledgers: [front.urls['ledger']!],
    token: await cluster.token(),
  };
  await using checking = await startChecking(target, load);
  await checking.more(300, 100);
  await fail(redis, checking, async (name) => {
    const metrics = await (await fetch(`${core.urls['core']}/metrics`)).text();
    return Number(new RegExp(`^atlas_core_${name} (.+)$`, 'm').exec(metrics)?.[1]);
  });
  await checking.more(300, 100);
  const report = await checking.stop();
  assert.equal(report.stale, 0, report.examples.join('\n'));
  assert.equal(report.impossible, 0, report.examples.join('\n'));
  assert.deepEqual([report.refused, report.unexpected], [{}, []]);
  await assertSound(database.url);
}

describe('transfers and reads go on and no read is older than an acknowledgement', () => {
  it('while Redis hangs and comes back', () =>
    watching(async (redis, checking) => {
      for (let turn = 0; turn < 3; turn += 1) {
        redis.pause();
        await checking.more(100, 60);
        redis.resume();
        await checking.more(100, 60);
      }
    }));

  it('while Redis hangs for less than a lease', () =>
    watching(async (redis, checking) => {
      for (let turn = 0; turn < 10; turn += 1) {
        redis.pause();
        await checking.more(2, 2);
        redis.resume();
        await checking.more(50, 20);
      }
    }));

  it('while Redis is stopped and started again with its old values', () =>
    watching(async (redis, checking) => {
      for (let turn = 0; turn < 3; turn += 1) {
        await redis.restart({ keep: true });
        await checking.more(150, 60);
      }
    }));

  it('while Redis is killed and started again empty, and metrics tell what is missed', () =>
    watching(async (redis, checking, measure) => {
      assert.equal(await measure('cache_leased'), 1);
      assert.ok((await measure('cache_put_balances_total')) > 0);
      await redis.kill();
      await checking.more(200, 100);
      assert.equal(await measure('cache_leased'), 0);
      assert.ok((await measure('cache_missed_balances')) > 0);
      await redis.restart();
      await eventually(async () => (await measure('cache_leased')) === 1);
      await checking.more(200, 100);
      assert.equal(await measure('cache_missed_balances'), 0);
    }));

  it('while Redis is flushed again and again', () =>
    watching(async (redis, checking) => {
      for (let turn = 0; turn < 20; turn += 1) {
        await redis.flush();
        await checking.more(30, 10);
      }
    }));
});

it('with a password that Redis refuses, the book answers, and the health of the platform says that the cache is down', async () => {
  await using redis = await privateRedis();
  const refused = new URL(redis.url);
  refused.username = 'stranger';
  refused.password = 'wrong';
  await using system = await startSystem([
    'a Redis that refuses the password',
    async (stack) => ({ ...(await realEngines(stack)), REDIS: refused.href }),
  ]);
  const client = await system.client();
  await client.open('mint', null);
  await client.open('ada');
  assert.equal((await client.transfer('first', 'mint', 'ada', '5')).status, 201);
  assert.equal((await client.balance('ada')).body.availableMinor, '5');
  // Each role says within a second that it is there.
  await eventually(async () => {
    const { status, body } = await client.get('/health/roles');
    if (status !== 200) return false;
    const cache = body.engines.find(({ need }: { need: string }) => need === 'cache');
    const saysDown = ({ up }: { up: boolean }) => !up;
    return cache?.state === 'down' && cache.seenBy.length === 2 && cache.seenBy.every(saysDown);
  });
  const { reads, bypasses } = (await client.get('/ledger/cache/stats')).body;
  assert.deepEqual([reads, bypasses], [1, 1]);
  for (const url of [system.urls.core, system.urls.ledger]) {
    assert.equal((await fetch(`${url}/health/ready`)).status, 200, 'it serves without a cache');
  }
});
