// The cache in Redis, for any number of cores and ledgers: readers (the ledger) and writers (the core)
// meet by the scripts in redis/scripts.ts. docs/cache.md says what is promised and why it holds.
import type { BalanceCache } from './balance-cache.ts';
import type { LinkOptions } from './redis/link.ts';
import { createReaders } from './redis/readers.ts';
import { connectShards } from './redis/shards.ts';
import { createWriter, type RedisPublisher, type WriterOptions } from './redis/writer.ts';

export type { WriterBook } from './redis/introductions.ts';
export type { RedisPublisher } from './redis/writer.ts';

/**
 * A Redis that cannot be reached, or refuses, is named in the log and tried again in the background.
 * @throws SettingError for a malformed REDIS.
 */
export function openRedisCache(options: LinkOptions): BalanceCache {
  return createReaders(connectShards(options), options.settings);
}

/**
 * Acknowledgements do not wait for a Redis that is away: reads pass it by then.
 * @throws SettingError for a malformed REDIS.
 */
export function openRedisPublisher(
  options: LinkOptions & Omit<WriterOptions, 'shards'>,
): RedisPublisher {
  return createWriter({ ...options, shards: connectShards(options) });
}
