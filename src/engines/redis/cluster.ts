// Where the shards of a Redis Cluster are. Each shard has a connection of its own to the node that holds
// its slot, so that one script meets one server process, as it does on a single server; a client that
// spread commands over nodes could not say which process has answered.
import { Redis } from 'ioredis';
import type { RedisAddress, RedisHost } from './address.ts';

const connectTimeoutMs = 1_000;
const answerTimeoutMs = 1_000;
/** So long is an answer good for: shards that look for their node together ask once. */
const mapLifeMs = 200;

export interface ClusterMap {
  readonly address: RedisAddress;
  /** The node that holds the hash slot of this text; without one, any primary. Rejects while none says. */
  nodeOf(tag: string | undefined): Promise<RedisHost>;
}

type Ranges = readonly (RedisHost & { readonly first: number; readonly last: number })[];

export function clusterOf(address: RedisAddress): ClusterMap {
  let nodes: readonly RedisHost[] = address.hosts;
  let map: { readonly atMs: number; readonly ranges: Promise<Ranges> } | undefined;

  /** The first node that answers says where everything is. */
  async function ask(): Promise<Ranges> {
    let failure: unknown;
    for (const host of shuffled([...nodes, ...address.hosts])) {
      try {
        const ranges = await slotsAt(address, host);
        nodes = ranges;
        return ranges;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return {
    address,
    async nodeOf(tag) {
      const atMs = performance.now();
      if (map === undefined || atMs - map.atMs > mapLifeMs) map = { atMs, ranges: ask() };
      const ranges = await map.ranges;
      if (tag === undefined) return shuffled(ranges)[0]!;
      const slot = slotOf(tag);
      const node = ranges.find(({ first, last }) => first <= slot && slot <= last);
      if (node === undefined) throw new Error(`the cluster has no node for slot ${slot}`);
      return node;
    },
  };
}

async function slotsAt({ username, password, tls }: RedisAddress, at: RedisHost): Promise<Ranges> {
  const redis = new Redis({
    ...at,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectTimeout: connectTimeoutMs,
    commandTimeout: answerTimeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let failure: Error | undefined;
  redis.on('error', (error) => (failure ??= error));
  try {
    const slots = (await redis.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
    return slots.map(([first, last, [host, port]]) => ({
      first,
      last,
      // A node that does not know its own name is where it was asked.
      host: host || at.host,
      port,
    }));
  } catch (error) {
    throw failure ?? error;
  } finally {
    redis.disconnect();
  }
}

/** CRC-16/XMODEM of the text, as the Redis Cluster specification has it, of 16,384. */
export function slotOf(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc % 16_384;
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
