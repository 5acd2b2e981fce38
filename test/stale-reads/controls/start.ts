// A control as a system to check: two replicas in processes of their own, on a database and a Redis.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { postgres, privateRedis, type RedisServer } from '../../engines/index.ts';
import type { Target } from '../ground.ts';
import { schema } from './book.ts';
import type { WayName } from './ways.ts';

const program = fileURLToPath(new URL('server.ts', import.meta.url));

export interface Control extends AsyncDisposable {
  readonly target: Target;
  readonly redis: RedisServer;
}

export async function startControl(way: WayName): Promise<Control> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await postgres());
  const redis = stack.use(await privateRedis());
  await createTables(database.url);
  const urls: string[] = [];
  for (let replica = 0; replica < 2; replica += 1) {
    const child = fork(program, [way, database.url, redis.url], { execArgv: [] });
    stack.defer(() => end(child));
    const [url] = (await once(child, 'message')) as [string];
    urls.push(url);
  }
  const resources = stack.move();
  return {
    target: { payments: urls, ledgers: urls, token: 'none' },
    redis,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function createTables(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(schema);
  await client.end();
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
