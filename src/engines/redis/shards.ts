// One shard is a connection to the server that holds it, and the names of what stands there. A single
// server is one shard; a cluster has a fixed number of them, so that all processes agree where an
// account is, whatever nodes come and go.
import { parseAddress } from './address.ts';
import { connectTo } from './client.ts';
import { clusterOf } from './cluster.ts';
import { accountName, keysOf, type Keys } from './keys.ts';
import { connectLink, type LinkOptions, type RedisLink } from './link.ts';
import { logTrouble } from './trouble.ts';

/** Of a cluster. Each costs a connection, and each core 20 renewals of a lease a second. */
const shardsOfCluster = 16;

export interface Shard {
  readonly link: RedisLink;
  readonly keys: Keys;
}

/** @throws SettingError for a malformed REDIS. */
export function connectShards({ settings, log }: LinkOptions): Shard[] {
  const address = parseAddress(settings.REDIS);
  const trouble = logTrouble({ log, address: address.shown });
  if (address.kind !== 'cluster') {
    return [{ link: connectLink(connectTo({ address }), settings, trouble), keys: keysOf() }];
  }
  const cluster = clusterOf(address);
  return Array.from({ length: shardsOfCluster }, (_, shard) => ({
    link: connectLink(connectTo({ address, cluster, tag: String(shard) }), settings, trouble),
    keys: keysOf(shard),
  }));
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
