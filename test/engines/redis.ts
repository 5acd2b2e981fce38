// A Redis server of our own. It keeps nothing on disk unless a restart is asked to keep its data:
// to Atlas it is a cache, and both an empty one and one with old values must be survived.
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { makeCertificates } from './certificates.ts';
import type { Programs } from './programs.ts';
import { engineFolder, freePort, startServer, type Server } from './server.ts';

export interface RedisServer extends Omit<Server, 'restart'> {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Removes every key. */
  flush(): Promise<void>;
  /** Keeps its values on disk: what a `restart` with `keep` after a kill brings back. */
  save(): Promise<void>;
  /** Comes back empty, or when `keep` is set with the values it had; after a kill, with those it saved. */
  restart(options?: { keep?: boolean }): Promise<void>;
}

export async function startRedis(programs: Programs): Promise<RedisServer> {
  const command = await programs.find('redis');
  const folder = await engineFolder('redis');
  const host = '127.0.0.1';
  const port = await freePort();
  const server = await startServer(
    {
      command,
      args: ['--port', `${port}`, '--bind', host, '--save', '', '--dir', folder],
      ready: /Ready to accept connections/,
      endSignal: 'SIGKILL',
    },
    'SIGTERM',
    folder,
  );
  const url = `redis://${host}:${port}`;
  const kill = server.kill.bind(server);
  const restart = server.restart.bind(server);
  const save = () => ask(url, 'SAVE');
  let killed = false;
  return Object.assign(server, {
    host,
    port,
    url,
    flush: () => ask(url, 'FLUSHALL'),
    save,
    kill: async () => {
      killed = true;
      await kill();
    },
    restart: async ({ keep = false } = {}) => {
      if (!keep) await rm(join(folder, 'dump.rdb'), { force: true });
      else if (!killed) await save();
      await restart();
      killed = false;
    },
  });
}

/** Takes TLS only, and the user and password of its URL. */
export interface SecuredRedisServer extends Server {
  readonly url: string;
  /** File with the authority that its certificate is from. */
  readonly authority: string;
}

export async function startSecuredRedis(programs: Programs): Promise<SecuredRedisServer> {
  const command = await programs.find('redis');
  const folder = await engineFolder('redis');
  const { authority, certificate, key } = await makeCertificates(programs, folder);
  const password = randomBytes(12).toString('hex');
  const port = await freePort();
  const server = await startServer(
    {
      command,
      args: [
        ['--port', '0', '--tls-port', `${port}`, '--tls-auth-clients', 'no'],
        ['--tls-cert-file', certificate, '--tls-key-file', key],
        ['--user', 'atlas', 'on', `>${password}`, '~*', '&*', '+@all'],
        ['--user', 'default', 'off'],
        ['--bind', '127.0.0.1', '--save', '', '--dir', folder],
      ].flat(),
      ready: /Ready to accept connections/,
      endSignal: 'SIGKILL',
    },
    'SIGTERM',
    folder,
  );
  const url = `rediss://atlas:${password}@127.0.0.1:${port}`;
  return Object.assign(server, { url, authority });
}

/** A database of its own on a server that is not ours. @param address host:port or URL */
export async function borrowRedis(address: string): Promise<RedisServer> {
  const server = new URL(address.includes('://') ? address : `redis://${address}`);
  const client = new Redis(server.href, { maxRetriesPerRequest: 1 });
  const number = await claimDatabase(client);
  const url = new URL(server);
  url.pathname = `/${number}`;
  const flush = (): Promise<void> => ask(url.href, 'FLUSHDB');
  await flush();
  return {
    host: server.hostname,
    port: Number(server.port || 6379),
    url: url.href,
    flush,
    save: notOurs,
    get pid(): never {
      return notOurs();
    },
    stop: notOurs,
    kill: notOurs,
    pause: notOurs,
    resume: notOurs,
    restart: notOurs,
    [Symbol.asyncDispose]: async () => {
      await flush();
      await client.del(claim(number));
      client.disconnect();
    },
  };
}

function notOurs(): never {
  throw new Error('REDIS names a server that is not ours to stop: use privateRedis()');
}

const claim = (database: number): string => `atlas-test:database:${database}`;

async function claimDatabase(client: Redis): Promise<number> {
  for (let number = 1; number < 16; number += 1) {
    if (await client.set(claim(number), process.pid, 'EX', 900, 'NX')) return number;
  }
  client.disconnect();
  throw new Error('all 15 databases of the server that REDIS names are taken by tests');
}

async function ask(url: string, command: 'FLUSHALL' | 'FLUSHDB' | 'SAVE'): Promise<void> {
  const client = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
  try {
    await client.call(command);
  } finally {
    client.disconnect();
  }
}
