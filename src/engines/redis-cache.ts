// The cache in Redis, for any number of cores and ledgers: readers (the ledger) and writers (the core)
// meet by the scripts in redis/scripts.ts. docs/cache.md says what is promised and why it holds.
import type { BalanceCache } from './balance-cache.ts';
import { connectRedis, type RedisSettings } from './redis/link.ts';
import { createReader } from './redis/reader.ts';
import { createWriter, type RedisPublisher } from './redis/writer.ts';

export type { RedisPublisher, WriterStats } from './redis/writer.ts';

/** @throws SettingError for a malformed REDIS. An unreachable one is waited for in the background. */
export function openRedisCache(settings: RedisSettings): BalanceCache {
  return createReader(connectRedis(settings), settings);
}

/**
 * `knownWriters` names all writers that may have changed a balance (the rows of cache_writers): those
 * that hold no lease make readers pass the cache by, also after a flush.
 * @throws SettingError for a malformed REDIS.
 */
export function openRedisPublisher(
  settings: RedisSettings,
  writerId: string,
  knownWriters: () => Promise<readonly string[]> = async () => [],
): RedisPublisher {
  return createWriter({ link: connectRedis(settings), writerId, settings, knownWriters });
}
