// A client for whatever REDIS names, that queues nothing while it is away and sends nothing twice.
import { Redis, type RedisOptions } from 'ioredis';
import { parseAddress, type RedisAddress } from './address.ts';
import { clusterOf, type ClusterMap } from './cluster.ts';
import { connectorTo } from './connector.ts';

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

/** Connects for ever, until it is disconnected. */
export function connectTo({ address, cluster, tag }: ClientOptions, more: OwnOptions = {}): Redis {
  const { kind, hosts, username, password, database, tls } = address;
  const common = { ...usual, ...more, db: database, ...defined({ username, password }) };
  if (kind === 'server') return new SteadyRedis({ ...common, Connector: connectorTo(address) });
  if (kind === 'cluster') {
    const { nodeOf } = cluster ?? clusterOf(address);
    return new SteadyRedis({ ...common, Connector: connectorTo(address, () => nodeOf(tag)) });
  }
  const { primary: name, sentinelUsername, sentinelPassword } = address;
  return new SteadyRedis({
    ...common,
    ...defined({ name, sentinelUsername, sentinelPassword }),
    sentinels: [...hosts],
    ...(tls ? { tls: {}, enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    sentinelCommandTimeout: sentinelTimeoutMs,
    sentinelRetryStrategy: reconnectPauseMs,
    // A primary that was replaced may go on answering: the Sentinels say when.
    failoverDetector: true,
  });
}

type SteadyOptions = Omit<RedisOptions, 'replyMapping' | 'retryStrategy'> &
  Pick<typeof usual, 'retryStrategy'>;

/**
 * A client of ioredis ends for good when it cannot find out where to connect to: no node of a cluster answers,
 * or the Sentinels announce a primary just while they are asked for one. This one then tries again.
 */
class SteadyRedis extends Redis {
  #left = false;
  #failures = 0;
  #again: NodeJS.Timeout | undefined;

  constructor(options: SteadyOptions) {
    super(options);
    this.on('ready', () => {
      this.#failures = 0;
    });
    this.on('end', () => {
      if (this.#left) return;
      this.#failures += 1;
      const pauseMs = options.retryStrategy(this.#failures);
      this.#again = setTimeout(() => void this.connect().catch(noop), pauseMs);
    });
  }

  override disconnect(reconnect = false): void {
    if (!reconnect) {
      this.#left = true;
      clearTimeout(this.#again);
    }
    super.disconnect(reconnect);
  }
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
  reconnectOnError: moved,
} satisfies RedisOptions;

/** This is not, or no longer, the server that holds the key: another one may stand at its address. */
function moved(error: Error): boolean {
  return /^(?:MOVED|ASK|READONLY|CLUSTERDOWN|MASTERDOWN|TRYAGAIN) /.test(error.message);
}

function defined<T extends object>(values: T) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

function noop(): void {}
