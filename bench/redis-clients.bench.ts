// Redis clients beside each other at what the cache asks of one: the read script with a time limit for
// each command, many at once, and a server that hangs and goes on. Options: --seconds 2 --rounds 3.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { acquireScript, readScript } from '../src/engines/redis/scripts.ts';
import { within } from '../src/engines/redis/link.ts';
import { privateRedis, type RedisServer } from '../test/engines/index.ts';
import { closedLoop } from './support/closed-loop.ts';
import { median, table } from './support/table.ts';

const timeoutMs = 50;
const callers = 64;
const keys = ['atlas:epoch', 'atlas:writers', 'bal:tnt_demo:a'];
const values = ['run', 'permit', '1000'];

interface Client {
  read(): Promise<unknown>;
  close(): void;
}

const clients: Readonly<Record<string, (server: RedisServer, sha: string) => Promise<Client>>> = {
  ioredis: async (server, sha) => ofIoredis(new Redis(server.url, likeOurs), sha),
  'ioredis, auto-pipelining': async (server, sha) =>
    ofIoredis(new Redis(server.url, { ...likeOurs, enableAutoPipelining: true }), sha),
  iovalkey: async (server, sha) => ofIoredis(new Valkey(server.url, likeOurs), sha),
  'node-redis': async (server, sha) => {
    const client = createClient({ url: server.url, disableOfflineQueue: true });
    client.on('error', () => {});
    await client.connect();
    return {
      read: () => client.evalSha(sha, { keys, arguments: values }),
      close: () => client.destroy(),
    };
  },
};

const likeOurs = { enableOfflineQueue: false, maxRetriesPerRequest: 0, lazyConnect: true } as const;

async function ofIoredis(client: Redis | Valkey, sha: string): Promise<Client> {
  client.on('error', () => {});
  await client.connect();
  return {
    read: () => client.evalsha(sha, keys.length, ...keys, ...values),
    close: () => client.disconnect(),
  };
}

interface Measured {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p99Ms: number;
  /** How long calls took to fail while the server hung, at the most. */
  readonly hungMaxMs: number;
  /** From the moment at which it went on to the first answer. */
  readonly backMs: number;
}

export async function run(args: string[]): Promise<void> {
  const { values: given } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
    },
  });
  await using server = await privateRedis();
  const sha = await prepare(server);
  const measured = new Map<string, Measured[]>();
  for (let round = 0; round < Number(given.rounds); round += 1) {
    for (const [name, open] of Object.entries(clients)) {
      const client = await open(server, sha);
      const figures = await measure(server, client, Number(given.seconds) * 1_000);
      client.close();
      measured.set(name, [...(measured.get(name) ?? []), figures]);
    }
  }
  const rows = [...measured].map(([name, rounds]) => {
    const middle = (what: keyof Measured) => median(rounds.map((figures) => figures[what]));
    return [
      name,
      middle('perSecond'),
      middle('cpuUs'),
      middle('p99Ms'),
      middle('hungMaxMs'),
      middle('backMs'),
    ];
  });
  console.log(`${callers} callers, ${timeoutMs} ms for each command, one balance a script`);
  console.log(
    table(['', 'reads/s', 'node µs', 'p99 ms', 'fails while hung, max ms', 'back, ms'], rows),
  );
}

/** A lease and a balance stand for longer than the run. */
async function prepare(server: RedisServer): Promise<string> {
  const redis = new Redis(server.url);
  const lease = ['run', 'w', '99999999999999', '86400000', 'epoch', '0'];
  await redis.eval(acquireScript.lua, 2, keys[0]!, keys[1]!, ...lease);
  await redis.set(keys[2]!, `epoch 7 ${JSON.stringify({ accountId: 'a', bookedMinor: '12345' })}`);
  const sha = (await redis.script('LOAD', readScript.lua)) as string;
  redis.disconnect();
  return sha;
}

async function measure(server: RedisServer, client: Client, measureMs: number): Promise<Measured> {
  let cpu = process.cpuUsage();
  const { perSecond, measured, p99Ms } = await closedLoop({
    callers,
    warmUpMs: 500,
    measureMs,
    async window(edge) {
      cpu = process.cpuUsage(edge === 'begin' ? undefined : cpu);
    },
    async call() {
      if ((await within(timeoutMs * 20, client.read())) === null) throw new Error('not a hit');
    },
  });
  const cpuUs = (cpu.user + cpu.system) / measured;
  server.pause();
  const waits = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => {
      await sleep(i * 10);
      const startedAt = performance.now();
      await within(timeoutMs, client.read()).catch(() => {});
      return performance.now() - startedAt;
    }),
  );
  const resumedAt = performance.now();
  server.resume();
  for (;;) {
    const answered = await within(timeoutMs, client.read()).then(
      () => true,
      () => false,
    );
    if (answered) break;
    await sleep(1);
  }
  return {
    perSecond,
    cpuUs,
    p99Ms,
    hungMaxMs: Math.max(...waits),
    backMs: performance.now() - resumedAt,
  };
}
