// The readers' side of the cache in Redis: each account is asked for at its shard, so that one node of
// a cluster that is away costs the accounts of its shards only.
import type { BalanceCache } from '../balance-cache.ts';
import { createBoard } from './board.ts';
import { followChanges } from './changes.ts';
import type { RedisSettings } from './link.ts';
import { createReader } from './reader.ts';
import { shardOf, type Shard } from './shards.ts';

export function createReaders(shards: readonly Shard[], settings: RedisSettings): BalanceCache {
  const readers = shards.map((shard) => createReader({ ...shard, settings }));
  const readerOf = (tenant: string, accountId: string) =>
    readers[shardOf({ tenant, accountId }, readers.length)]!;
  return {
    engine: 'redis',
    get version() {
      return shards[0]!.link.version;
    },
    board: createBoard(shards[0]!),
    follow: (listener) => followChanges(settings, listener),
    read: (tenant, accountId) => readerOf(tenant, accountId).read(tenant, accountId),
    fill: (tenant, accountId, balance, permit) =>
      readerOf(tenant, accountId).fill(tenant, accountId, balance, permit),
    healthy: async () =>
      (await Promise.all(readers.map((reader) => reader.healthy()))).every(Boolean),
    async [Symbol.asyncDispose]() {
      await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
    },
  };
}
