// One shard is a connection to the server that holds it, and the names of what stands there. A single
// server is one shard; a cluster has a fixed number of them, so that all processes agree where an
// account is, whatever nodes come and go.
import { accountName, keysOf, type Keys } from './keys.ts';
import { connectRedis, type LinkOptions, type RedisLink } from './link.ts';

export interface Shard {
  readonly link: RedisLink;
  readonly keys: Keys;
}

/** @throws SettingError for a malformed REDIS. */
export function connectShards(options: LinkOptions): Shard[] {
  return [{ link: connectRedis(options), keys: keysOf() }];
}

/** From 0 to `shards` - 1: FNV-1a of the account's name. */
export function shardOf(
  { tenant, accountId }: { readonly tenant: string; readonly accountId: string },
  shards: number,
): number {
  if (shards === 1) return 0;
  const name = accountName(tenant, accountId);
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % shards;
}
