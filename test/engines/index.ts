// Real engines for tests and benchmarks: ask for one and get it. The shared servers start on first
// use; everything private ends with the process that asked, also when that crashes.
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { makeCertificates, type Certificates } from './certificates.ts';
import { startKafka, startProxiedKafka, startSecuredKafka } from './kafka.ts';
import type { KafkaServer, ProxiedKafkaServer, SecuredKafkaServer } from './kafka.ts';
import { startPostgres, startSecuredPostgres } from './postgres.ts';
import type { PostgresServer, SecuredPostgresServer } from './postgres.ts';
import { startPrometheus, type PrometheusServer } from './prometheus.ts';
import { borrowRedis, startRedis, startSecuredRedis } from './redis.ts';
import type { RedisServer, SecuredRedisServer } from './redis.ts';
import {
  startRedisCluster,
  startRedisSentinels,
  type RedisCluster,
  type RedisSentinels,
  type SetOptions,
} from './redis-set.ts';
import type { Program } from './programs.ts';
import { engineFolder } from './server.ts';
import { sharedEngines } from './shared.ts';

export type { KafkaServer, PostgresServer, RedisCluster, RedisSentinels, RedisServer };
export { reap, forget } from './reaper.ts';

export interface Database extends AsyncDisposable {
  /** Of an empty database that nobody else uses. */
  readonly url: string;
}

export interface Kafka {
  /** Of a broker that other tests use as well. */
  readonly bootstrap: string;
  /** The name of a topic or group that no other test uses. */
  name: (base: string) => string;
}

const shared = sharedEngines();
const open = new Set<AsyncDisposable>();

/** A fresh, empty database on the shared PostgreSQL; dropped at the end of the process, or earlier
 * by `await using`. */
export async function postgres(): Promise<Database> {
  const server = await shared.postgres();
  const name = unique('atlas_test', '_');
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return own({
    url: url.href,
    // Connections that a test left open do not keep the database.
    [Symbol.asyncDispose]: () => query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  });
}

/** A PostgreSQL server of its own, for tests that restart or kill it (1 to 2 s to start). */
export async function privatePostgres(): Promise<PostgresServer> {
  return own(await startPostgres(shared));
}

/** An empty Redis: a server of its own (20 ms to start), or a database of the one REDIS names. */
export async function redis(): Promise<RedisServer> {
  const address = await shared.redis();
  return address ? own(await borrowRedis(address)) : privateRedis();
}

/** A Redis server of its own, for tests that stop, hang, kill or restart it. */
export async function privateRedis(): Promise<RedisServer> {
  return own(await startRedis(shared));
}

/** The shared Kafka broker; give topics and groups names by `name`. */
export async function kafka(): Promise<Kafka> {
  return { bootstrap: await shared.kafka(), name: (base) => unique(base, '-') };
}

/** A Kafka broker of its own, for tests that kill or hang it (3 to 5 s to start). */
export async function privateKafka(): Promise<KafkaServer> {
  return own(await startKafka(shared));
}

/** A Kafka broker of its own that some of its clients reach through a proxy. */
export async function proxiedKafka(
  proxyTo: (port: number) => Promise<number>,
): Promise<ProxiedKafkaServer> {
  return own(await startProxiedKafka(shared, proxyTo));
}

/** A PostgreSQL of its own that takes TLS only. */
export async function securedPostgres(): Promise<SecuredPostgresServer> {
  return own(await startSecuredPostgres(shared));
}

/** A Redis of its own that takes TLS only, and a user with a password. */
export async function securedRedis(): Promise<SecuredRedisServer> {
  return own(await startSecuredRedis(shared));
}

/** A Redis primary with a replica, watched by three Sentinels (2 s to start). */
export async function redisSentinels(options?: SetOptions): Promise<RedisSentinels> {
  return own(await startRedisSentinels(shared, options));
}

/** A Redis Cluster of three primaries with a replica each (3 s to start). */
export async function redisCluster(options?: SetOptions): Promise<RedisCluster> {
  return own(await startRedisCluster(shared, options));
}

/** A Prometheus of its own, which scrapes nothing yet. */
export async function privatePrometheus(): Promise<PrometheusServer> {
  return own(await startPrometheus(shared));
}

/** A Kafka broker of its own that takes TLS only, and a user with a password. */
export async function securedKafka(): Promise<SecuredKafkaServer> {
  return own(await startSecuredKafka(shared));
}

/** Of an authority that no engine's certificate is from; they go with this process. */
export async function strangeCertificates(): Promise<Certificates> {
  return makeCertificates(shared, await engineFolder('certificates'));
}

/** Path of a program or folder that a test needs, installed if it can be. */
export async function program(name: Program): Promise<string> {
  return shared.find(name);
}

/** What playwright-core's `chromium.launch` needs to start the machine's Chromium. */
export async function chromium(): Promise<{ executablePath: string; args: string[] }> {
  const executablePath = await shared.find('chromium');
  return { executablePath, args: chromiumFlags };
}

/** The folder of the built console. */
export const consoleFolder = (): Promise<string> => shared.console();

/** The data folder of an empty embedded book, to be copied and left as it is. */
export const emptyBook = (): Promise<string> => shared.book();

/** The folder of the phone app, with its packages. */
export const mobileApp = (): Promise<string> => shared.find('mobile');

/** The folder with what Expo makes of it for browsers, Android and iOS. */
export const mobileExport = (): Promise<string> => shared.find('mobileExport');

const chromiumFlags = [
  // Chromium refuses to run as root with its sandbox; the pages are our own.
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Keeps the engine until it is disposed or nothing is left to do in this process. */
function own<T extends AsyncDisposable>(engine: T): T {
  const dispose = engine[Symbol.asyncDispose].bind(engine);
  const owned = Object.assign(engine, {
    [Symbol.asyncDispose]: async () => {
      if (open.delete(owned)) await dispose();
    },
  });
  open.add(owned);
  return owned;
}

process.once('beforeExit', () => void closeEngines());

/** Ends every engine of this process. It happens by itself when the event loop is empty. */
export async function closeEngines(): Promise<void> {
  await Promise.all([...open].map((engine) => engine[Symbol.asyncDispose]()));
  await shared[Symbol.asyncDispose]();
}

function unique(base: string, separator: string): string {
  return base + separator + randomBytes(6).toString('hex');
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
