// Sets of Redis servers of our own: a primary with a replica that Sentinels watch, and a cluster. They
// notice a failure within a second, so that a test sees the failover.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';
import { makeCertificates } from './certificates.ts';
import type { Programs } from './programs.ts';
import { engineFolder, freePort, startServer, type Server } from './server.ts';

const host = '127.0.0.1';
const downAfterMs = 1_000;
const giveUpMs = 30_000;

export interface RedisNode extends Server {
  readonly port: number;
}

export interface RedisSentinels extends AsyncDisposable {
  /** Of the Sentinels; the primary is called `atlas`. */
  readonly url: string;
  /** File with the authority that its certificates are from. */
  readonly authority?: string;
  /** First the primary, then its replica, as they began. */
  readonly nodes: readonly [RedisNode, RedisNode];
  readonly sentinels: readonly RedisNode[];
}

export interface SetOptions {
  /** Takes TLS only, and a password. */
  readonly secured?: boolean;
}

/** A primary, a replica and three Sentinels. */
export async function startRedisSentinels(
  programs: Programs,
  options: SetOptions = {},
): Promise<RedisSentinels> {
  await using stack = new AsyncDisposableStack();
  const access = await accessOf(programs, options);
  const primary = stack.use(await startNode(programs, access));
  const replicaOf = ['--replicaof', host, `${primary.port}`];
  const replica = stack.use(await startNode(programs, access, replicaOf));
  await until(() => asked(replica, access, (redis) => redis.info('replication')), linkUp);
  const sentinels: RedisNode[] = [];
  for (let i = 0; i < 3; i += 1) {
    sentinels.push(stack.use(await startSentinel(programs, access, primary.port)));
  }
  for (const sentinel of sentinels) {
    await until(
      () => asked(sentinel, access, (redis) => redis.info('sentinel')),
      (info) => /slaves=1,sentinels=3/.test(info),
    );
  }
  const addresses = sentinels.map(({ port }) => `${host}:${port}`).join(',');
  const query = access.password === undefined ? '' : `?sentinelPassword=${access.password}`;
  const resources = stack.move();
  return {
    ...access.authority,
    url: `redis${access.scheme}+sentinel://${access.user}${addresses}/atlas${query}`,
    nodes: [primary, replica],
    sentinels,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

export interface RedisCluster extends AsyncDisposable {
  /** Of all its nodes. */
  readonly url: string;
  readonly authority?: string;
  /** Three primaries, as they began; each has a replica. */
  readonly primaries: readonly RedisNode[];
  readonly replicas: readonly RedisNode[];
}

export async function startRedisCluster(
  programs: Programs,
  options: SetOptions = {},
): Promise<RedisCluster> {
  await using stack = new AsyncDisposableStack();
  const access = await accessOf(programs, options);
  const start = async () => {
    const busPort = await freePort();
    const args = [
      ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${downAfterMs}`],
      ['--cluster-port', `${busPort}`, '--cluster-replica-validity-factor', '0'],
      access.scheme === 's' ? ['--tls-cluster', 'yes'] : [],
    ].flat();
    return Object.assign(stack.use(await startNode(programs, access, args)), { busPort });
  };
  const nodes = await Promise.all(Array.from({ length: 6 }, start));
  const [first, ...others] = nodes as [(typeof nodes)[0], ...typeof nodes];
  const primaries = nodes.slice(0, 3);
  const replicas = nodes.slice(3);
  for (const [i, node] of primaries.entries()) {
    const [from, to] = [Math.ceil((16_384 * i) / 3), Math.ceil((16_384 * (i + 1)) / 3) - 1];
    await asked(node, access, (redis) => redis.call('CLUSTER', 'ADDSLOTSRANGE', from, to));
    // No two nodes may claim the same history when they meet.
    await asked(node, access, (redis) => redis.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1));
  }
  for (const { port, busPort } of others) {
    await asked(first, access, (redis) => redis.call('CLUSTER', 'MEET', host, port, busPort));
  }
  const info = (node: RedisNode) => asked(node, access, (redis) => redis.cluster('INFO'));
  for (const node of nodes) {
    await until(
      () => info(node),
      (text) => /cluster_known_nodes:6/.test(text),
    );
  }
  for (const [i, replica] of replicas.entries()) {
    const id = await asked(primaries[i]!, access, (redis) => redis.call('CLUSTER', 'MYID'));
    await until(
      async () => {
        try {
          return await asked(replica, access, (redis) =>
            redis.call('CLUSTER', 'REPLICATE', id as string),
          );
        } catch (error) {
          return String(error);
        }
      },
      (answer) => answer === 'OK',
    );
  }
  for (const node of nodes) {
    await until(
      () => info(node),
      (text) => /cluster_state:ok/.test(text),
    );
  }
  for (const node of replicas) {
    await until(() => asked(node, access, (redis) => redis.info('replication')), linkUp);
  }
  const resources = stack.move();
  return {
    ...access.authority,
    url: `redis${access.scheme}+cluster://${access.user}${nodes.map(({ port }) => `${host}:${port}`).join(',')}`,
    primaries,
    replicas,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

interface Access {
  readonly args: readonly string[];
  /** With a port behind it. */
  readonly portArg: string;
  readonly client: Pick<RedisOptions, 'password' | 'tls'>;
  readonly scheme: '' | 's';
  readonly user: string;
  readonly password?: string;
  readonly authority?: { readonly authority: string };
}

async function accessOf(programs: Programs, { secured = false }: SetOptions): Promise<Access> {
  if (!secured) return { args: [], portArg: '--port', client: {}, scheme: '', user: '' };
  const folder = await engineFolder('redis-certificates');
  const { authority, certificate, key } = await makeCertificates(programs, folder);
  const password = randomBytes(12).toString('hex');
  const args = [
    ['--port', '0', '--tls-auth-clients', 'no', '--tls-replication', 'yes'],
    ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', authority],
    ['--requirepass', password],
  ].flat();
  return {
    args,
    portArg: '--tls-port',
    client: { password, tls: { ca: await readFile(authority) } },
    scheme: 's',
    user: `:${password}@`,
    password,
    authority: { authority },
  };
}

async function startNode(
  programs: Programs,
  access: Access,
  more: readonly string[] = [],
): Promise<RedisNode> {
  const command = await programs.find('redis');
  const folder = await engineFolder('redis');
  const port = await freePort();
  const server = await startServer(
    {
      command,
      args: [
        access.args,
        access.password === undefined ? [] : ['--masterauth', access.password],
        [access.portArg, `${port}`, '--bind', host, '--save', '', '--dir', folder],
        more,
      ].flat(),
      ready: /Ready to accept connections/,
      endSignal: 'SIGKILL',
    },
    'SIGTERM',
    folder,
  );
  return Object.assign(server, { port });
}

async function startSentinel(
  programs: Programs,
  access: Access,
  primaryPort: number,
): Promise<RedisNode> {
  const command = await programs.find('redis');
  const folder = await engineFolder('sentinel');
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    `bind ${host}`,
    `dir ${folder}`,
    `sentinel monitor atlas ${host} ${primaryPort} 2`,
    `sentinel down-after-milliseconds atlas ${downAfterMs}`,
    `sentinel failover-timeout atlas 3000`,
  ];
  const { password } = access;
  if (password !== undefined) {
    lines.push(`sentinel sentinel-pass ${password}`, `sentinel auth-pass atlas ${password}`);
  }
  await writeFile(file, `${lines.join('\n')}\n`);
  const server = await startServer(
    {
      command,
      args: [file, '--sentinel', ...access.args, access.portArg, `${port}`],
      ready: /\+monitor master/,
      endSignal: 'SIGKILL',
    },
    'SIGTERM',
    folder,
  );
  return Object.assign(server, { port });
}

function linkUp(info: string): boolean {
  return /master_link_status:up/.test(info);
}

async function asked<T>(
  { port }: { readonly port: number },
  access: Access,
  ask: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({
    host,
    port,
    ...access.client,
    maxRetriesPerRequest: 1,
  });
  redis.on('error', () => {});
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

async function until<T>(look: () => Promise<T>, met: (found: T) => boolean): Promise<void> {
  const giveUpAt = performance.now() + giveUpMs;
  for (;;) {
    const found = await look();
    if (met(found)) return;
    if (performance.now() > giveUpAt)
      throw new Error(`this never happened; last: ${String(found)}`);
    await delay(50);
  }
}
