// A client for whatever REDIS names, that queues nothing while it is away and sends nothing twice.
import { Redis, type RedisOptions } from 'ioredis';
import { parseAddress, type RedisAddress } from './address.ts';
import { clusterOf, connectorTo, type ClusterMap } from './cluster.ts';

/** A connection on which nothing comes back for this long is given up for a new one. */
const silenceMs = 5_000;
const connectTimeoutMs = 2_000;
const reconnectMinMs = 50;
const reconnectMaxMs = 1_000;
const sentinelTimeoutMs = 1_000;

export interface ClientOptions {
  readonly address: RedisAddress;
  /** On a cluster: its map, and a text whose hash slot the node has to hold; else any node. */
  readonly cluster?: ClusterMap;
  readonly tag?: string;
}

/** To the server, the primary, or a node. @throws SettingError for a malformed REDIS. */
export function newRedis(
  { REDIS }: { readonly REDIS?: string | undefined },
  more: OwnOptions = {},
) {
  return connectTo({ address: parseAddress(REDIS) }, more);
}

export function connectTo({ address, cluster, tag }: ClientOptions, more: OwnOptions = {}): Redis {
  const { kind, hosts, username, password, database, tls } = address;
  const common = { ...usual, ...more, db: database, ...defined({ username, password }) };
  const secured = tls ? { tls: {} } : {};
  if (kind === 'cluster') {
    const Connector = connectorTo(cluster ?? clusterOf(address), tag);
    return new Redis({ ...common, reconnectOnError: moved, Connector });
  }
  if (kind === 'server') return new Redis({ ...common, ...secured, ...hosts[0]! });
  const { primary: name, sentinelUsername, sentinelPassword } = address;
  return new Redis({
    ...common,
    ...secured,
    ...defined({ name, sentinelUsername, sentinelPassword }),
    sentinels: [...hosts],
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    sentinelCommandTimeout: sentinelTimeoutMs,
    sentinelRetryStrategy: reconnectPauseMs,
    // A primary that was replaced may go on answering: the Sentinels say when.
    failoverDetector: true,
    reconnectOnError: moved,
  });
}

type OwnOptions = Pick<RedisOptions, 'autoResubscribe'> & Partial<typeof usual>;

function reconnectPauseMs(times: number): number {
  const pauseMs = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(times - 1, 10));
  return pauseMs * (0.5 + Math.random() / 2);
}

const usual = {
  connectTimeout: connectTimeoutMs,
  socketTimeout: silenceMs,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  retryStrategy: reconnectPauseMs,
} satisfies RedisOptions;

/** This is not, or no longer, the server that holds the key. */
function moved(error: Error): boolean {
  return /^(?:MOVED|ASK|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN) /.test(error.message);
}

function defined<T extends object>(values: T) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
