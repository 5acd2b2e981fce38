// Database calls that the balance cache saves, counted by PostgreSQL, beside a cache that deletes on
// write; and what an emptied Redis, and one that hangs, cost under full load. Options: --seconds 30 --reads 2000
// --writes 100 --accounts 10000.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { readSettings } from '../src/platform/settings.ts';
import {
  privatePostgres,
  privateRedis,
  type PostgresServer,
  type RedisServer,
} from '../test/engines/index.ts';
import type { ServerOrder, ServerReport, ServerTask } from './cache/server.ts';
import { accountOf } from './cache/accounts.ts';
import { table, type Cell } from './support/table.ts';

interface Load {
  readonly seconds: number;
  readonly reads: number;
  readonly writes: number;
  readonly accounts: number;
}

type Kind = Pick<ServerTask, 'cache' | 'lifeMs'>;

const kinds: readonly Kind[] = [
  { cache: 'versions', lifeMs: readSettings({}).CACHE_TTL_MS },
  { cache: 'delete on write', lifeMs: 5_000 },
];

export async function run(args: string[]): Promise<void> {
  const option = (value: string) => ({ type: 'string', default: value }) as const;
  const { values } = parseArgs({
    args,
    options: {
      seconds: option('30'),
      reads: option('2000'),
      writes: option('100'),
      accounts: option('10000'),
    },
  });
  const load: Load = {
    seconds: Number(values.seconds),
    reads: Number(values.reads),
    writes: Number(values.writes),
    accounts: Number(values.accounts),
  };
  console.log(
    `${load.accounts} accounts, Zipf 1.0, ${load.reads} reads/s, ${load.writes} transfers/s, ` +
      `${load.seconds} s each; calls as counted by pg_stat_statements`,
  );
  const rows: Cell[][] = [];
  for (const kind of kinds) {
    await using scene = await setUp(kind, load);
    const window = await scene.measure(load.seconds * 1_000);
    rows.push([
      `${kind.cache}, TTL ${kind.lifeMs / 1_000} s`,
      window.reads,
      window.databaseCalls,
      `${(100 * (1 - window.databaseCalls / window.reads)).toFixed(2)} %`,
      window.saved,
      `${((100 * window.hits) / window.reads).toFixed(2)} %`,
      window.misses,
      window.bypasses,
      window.transfers,
      window.p50Ms,
      window.p99Ms,
      window.sendLagP99Ms,
    ]);
    if (kind.cache === 'versions') await flush(scene);
  }
  console.log(
    table(
      [
        '',
        'reads',
        'db calls',
        'saved',
        'saved, as /stats says',
        'hits',
        'misses',
        'bypasses',
        'transfers',
        'p50 ms',
        'p99 ms',
        'lag p99',
      ],
      rows,
    ),
  );
}

async function flush(scene: Scene): Promise<void> {
  const rows: Cell[][] = [];
  const phase = async (name: string, ms: number) => {
    rows.push(phaseOf(name, ms / 1_000, await scene.measure(ms)));
  };
  await phase('5 s before', 5_000);
  await scene.redis.flush();
  await phase('0 to 1 s after FLUSHALL', 1_000);
  await phase('1 to 2 s', 1_000);
  await phase('2 to 5 s', 3_000);
  await phase('5 to 15 s', 10_000);
  scene.redis.pause();
  await phase('hung: 0 to 1 s', 1_000);
  await phase('hung: 1 to 5 s', 4_000);
  scene.redis.resume();
  await phase('0 to 1 s after', 1_000);
  await phase('1 to 5 s after', 4_000);
  console.log(table(phaseHeader, rows) + '\n');
}

const phaseHeader = [
  ['', 'reads/s', 'db calls/s', 'bypasses/s', 'read p50 ms', 'p99', 'max', 'errors'],
  ['lag p99', 'ack p50 ms', 'p99', 'max'],
].flat();

function phaseOf(name: string, seconds: number, measured: Measured): Cell[] {
  const { reads, databaseCalls, bypasses, p50Ms, p99Ms, maxMs, errors } = measured;
  const { sendLagP99Ms, ackP50Ms, ackP99Ms, ackMaxMs } = measured;
  const rates = [reads, databaseCalls, bypasses].map((count) => count / seconds);
  return [name, ...rates, p50Ms, p99Ms, maxMs, errors, sendLagP99Ms, ackP50Ms, ackP99Ms, ackMaxMs];
}

interface Measured extends ServerReport {
  readonly databaseCalls: number;
}

interface Scene extends AsyncDisposable {
  readonly redis: RedisServer;
  measure(ms: number): Promise<Measured>;
}

async function setUp(kind: Kind, load: Load): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await countingPostgres());
  const redis = stack.use(await privateRedis());
  const folder = await mkdtemp(join(tmpdir(), 'atlas-bench-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const task: ServerTask = {
    ...kind,
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    folder,
    accounts: load.accounts,
  };
  const server = stack.use(started('cache/server.ts', task));
  await server.hear();
  const database = new Client(postgres.url);
  await database.connect();
  stack.defer(() => database.end());
  await database.query(
    `insert into accounts (tenant, account_id, currency, created_at, updated_at)
     select 'tnt_demo', unnest($1::text[]), 'EUR', now(), now()`,
    [Array.from({ length: load.accounts }, (_, i) => accountOf(i))],
  );
  await database.query('vacuum analyze accounts');
  await server.ask({ warm: load.accounts });
  await spreadLives(redis.url, kind.lifeMs);
  const order: ServerOrder = { readsPerSecond: load.reads, writesPerSecond: load.writes };
  await server.ask(order);
  // Until the just-in-time compiler and, with a short life, the cache have come to their rest.
  await sleep(8_000);

  const take = async () => {
    const report = await server.ask<ServerReport>(order);
    const { rows } = await database.query<{ calls: string }>(
      `select coalesce(sum(calls), 0)::text as calls from pg_stat_statements
        where query like '%asked.position%' and query not like '%pg_stat_statements%'`,
    );
    return { report, databaseCalls: Number(rows[0]!.calls) };
  };
  const resources = stack.move();
  return {
    redis,
    async measure(ms) {
      const before = await take();
      await sleep(ms);
      const after = await take();
      return {
        ...after.report,
        databaseCalls: after.databaseCalls - before.databaseCalls,
      };
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Counts statements itself: nothing that is measured counts for itself. */
async function countingPostgres(): Promise<PostgresServer> {
  const server = await privatePostgres();
  const query = async (text: string) => {
    const client = new Client(server.url);
    await client.connect();
    await client.query(text);
    await client.end();
  };
  await query(`alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await server.restart();
  await query('create extension pg_stat_statements');
  return server;
}

/** As in a cache that has run for longer than a life: what is left of each is anything up to the whole. */
async function spreadLives(url: string, lifeMs: number): Promise<void> {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const keys = await redis.keys('bal:*');
  await Promise.all(keys.map((key) => redis.pexpire(key, Math.ceil(Math.random() * lifeMs))));
  redis.disconnect();
}

function started(module: string, task: object) {
  const child: ChildProcess = fork(new URL(module, import.meta.url), [JSON.stringify(task)]);
  const failed = once(child, 'exit').then(() => {
    throw new Error(`${module} has ended; see above`);
  });
  failed.catch(() => {});
  const hear = async <T>(): Promise<T> => {
    const [message] = await Promise.race([once(child, 'message'), failed]);
    return message as T;
  };
  return {
    hear,
    ask<T>(what: object): Promise<T> {
      const answer = hear<T>();
      child.send(what);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
