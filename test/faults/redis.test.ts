import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventually } from '../../src/engines/redis/testing.ts';
import { kafka, postgres, privateRedis } from '../engines/index.ts';
import type { RedisServer } from '../engines/index.ts';
import type { Client } from '../system.ts';
import { assertSound } from './book.ts';
import { startCluster } from './processes.ts';

const accounts = Array.from({ length: 6 }, (_, i) => `account-${i}`);
const payers = 6;
const readers = 4;

/**
 * Pays and reads at once, while Redis fails. Every read must be as new as every transfer that was
 * acknowledged before the read began.
 */
class Watch {
  readonly acknowledged = new Map(accounts.map((id) => [id, 0]));
  readonly stale: string[] = [];
  readonly refused: string[] = [];
  transfers = 0;
  reads = 0;
  #stopping = false;
  readonly #running: Promise<void>[];
  readonly #waiting: { met: () => boolean; resolve: () => void }[] = [];
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
    this.#running = [
      ...Array.from({ length: payers }, (_, i) => this.#pay(i)),
      ...Array.from({ length: readers }, (_, i) => this.#read(i)),
    ];
  }

  async #pay(payer: number): Promise<void> {
    const account = accounts[payer % accounts.length]!;
    for (let i = 0; !this.#stopping; i += 1) {
      const answer = await this.#client.transfer(`pay-${payer}-${i}`, 'mint', account, 1);
      if (answer.status !== 201) {
        this.refused.push(`${answer.status} ${answer.text}`);
        continue;
      }
      this.#seen(account, answer.body.destination.version);
      this.transfers += 1;
      this.#check();
    }
  }

  #seen(account: string, version: number): void {
    this.acknowledged.set(account, Math.max(version, this.acknowledged.get(account)!));
  }

  async #read(reader: number): Promise<void> {
    for (let i = reader; !this.#stopping; i += 1) {
      const account = accounts[i % accounts.length]!;
      const atLeast = this.acknowledged.get(account)!;
      const answer = await this.#client.balance(account);
      if (answer.status !== 200) this.refused.push(`read ${answer.status} ${answer.text}`);
      else if (answer.body.version < atLeast) {
        this.stale.push(`${account}: ${answer.body.version} after ${atLeast} was acknowledged`);
      }
      this.reads += 1;
      this.#check();
    }
  }

  #check(): void {
    for (const waiter of this.#waiting) if (waiter.met()) waiter.resolve();
  }

  /** Until so many transfers and reads more are done. */
  more(transfers: number, reads: number): Promise<void> {
    const wanted = { transfers: this.transfers + transfers, reads: this.reads + reads };
    return new Promise((resolve) =>
      this.#waiting.push({
        met: () => this.transfers >= wanted.transfers && this.reads >= wanted.reads,
        resolve,
      }),
    );
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The core's metric of this name, now. */
type Measure = (name: string) => Promise<number>;

async function watching(
  fail: (redis: RedisServer, watch: Watch, measure: Measure) => Promise<void>,
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
  const client = await cluster.client(front.urls['gateway']!);
  await client.open('mint', null);
  for (const id of accounts) await client.open(id);
  await using watch = new Watch(client);
  await watch.more(100, 300);
  await fail(redis, watch, async (name) => {
    const metrics = await (await fetch(`${core.urls['core']}/metrics`)).text();
    return Number(new RegExp(`^atlas_core_${name} (.+)$`, 'm').exec(metrics)?.[1]);
  });
  await watch.more(100, 300);
  await watch.stop();
  assert.deepEqual(
    watch.stale.slice(0, 5),
    [],
    `${watch.stale.length} stale of ${watch.reads} reads`,
  );
  assert.deepEqual(watch.refused.slice(0, 5), []);
  await assertSound(database.url);
}

describe('transfers and reads go on and no read is older than an acknowledgement', () => {
  it('while Redis hangs and comes back', () =>
    watching(async (redis, watch) => {
      for (let turn = 0; turn < 3; turn += 1) {
        redis.pause();
        await watch.more(60, 100);
        redis.resume();
        await watch.more(60, 100);
      }
    }));

  it('while Redis hangs for less than a lease', () =>
    watching(async (redis, watch) => {
      for (let turn = 0; turn < 10; turn += 1) {
        redis.pause();
        await watch.more(2, 2);
        redis.resume();
        await watch.more(20, 50);
      }
    }));

  it('while Redis is stopped and started again with its old values', () =>
    watching(async (redis, watch) => {
      for (let turn = 0; turn < 3; turn += 1) {
        await redis.restart({ keep: true });
        await watch.more(60, 150);
      }
    }));

  it('while Redis is killed and started again empty, and metrics tell what is missed', () =>
    watching(async (redis, watch, measure) => {
      assert.equal(await measure('cache_leased'), 1);
      assert.ok((await measure('cache_put_balances_total')) > 0);
      await redis.kill();
      await watch.more(100, 200);
      assert.equal(await measure('cache_leased'), 0);
      assert.ok((await measure('cache_missed_balances')) > 0);
      await redis.restart();
      await eventually(async () => (await measure('cache_leased')) === 1);
      await watch.more(100, 200);
      assert.equal(await measure('cache_missed_balances'), 0);
    }));

  it('while Redis is flushed again and again', () =>
    watching(async (redis, watch) => {
      for (let turn = 0; turn < 20; turn += 1) {
        await redis.flush();
        await watch.more(10, 30);
      }
    }));
});
