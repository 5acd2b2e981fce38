// The core's side of the cache in Redis: each balance goes to the writer of its shard, and nothing is
// acknowledged before readers know this core as a writer.
import type { BalancePublisher, PublisherStats, WriterRegister } from '../balance-cache.ts';
import { introduce, type WriterBook } from './introductions.ts';
import type { RedisSettings } from './link.ts';
import { shardOf, type Shard } from './shards.ts';
import { createShardWriter } from './shard-writer.ts';

/** Balances remembered while Redis is away. */
const missedMax = 50_000;

export interface WriterOptions {
  readonly shards: readonly Shard[];
  readonly writerId: string;
  readonly settings: RedisSettings;
  readonly book: WriterBook;
}

export interface RedisPublisher extends BalancePublisher {
  readonly register: WriterRegister;
  stats(): PublisherStats;
}

export function createWriter(options: WriterOptions): RedisPublisher {
  const { shards, writerId, settings, book } = options;
  const writers = shards.map((shard) =>
    createShardWriter({
      ...shard,
      writerId,
      settings,
      missedMax: Math.ceil(missedMax / shards.length),
      knownWriters: () => book.known(),
    }),
  );
  const introductions = introduce({ book, shards: writers, leaseMs: settings.CACHE_LEASE_MS });
  let ended: Promise<void> | undefined;

  async function end(): Promise<void> {
    await introductions[Symbol.asyncDispose]();
    await Promise.all(writers.map((writer) => writer[Symbol.asyncDispose]()));
  }

  return {
    async publish(balances) {
      if (!introductions.done) await introductions.introduced;
      const sharded = Map.groupBy(balances, (balance) => shardOf(balance, shards.length));
      await Promise.all([...sharded].map(([shard, some]) => writers[shard]!.publish(some)));
    },
    register: {
      async lapsed() {
        const lapsed = await Promise.allSettled(writers.map((writer) => writer.lapsed()));
        const ids = lapsed.flatMap((of) => (of.status === 'fulfilled' ? of.value : []));
        return [...new Set(ids)].filter((id) => id !== writerId);
      },
      async strikeOff(id) {
        await Promise.all(writers.map((writer) => writer.strikeOff(id)));
      },
    },
    stats() {
      const all = writers.map((writer) => writer.stats());
      const sum = (what: 'missed' | 'put' | 'failures') =>
        all.reduce((total, stats) => total + stats[what], 0);
      return {
        leased: all.every(({ leased }) => leased),
        missed: sum('missed'),
        put: sum('put'),
        failures: sum('failures'),
      };
    },
    [Symbol.asyncDispose]: () => (ended ??= end()),
  };
}
