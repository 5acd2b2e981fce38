// A measured server in a process of its own, and the orders that it takes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createAnswers } from './answers.ts';
import type { Cost, Load } from './load.ts';

export interface Memory {
  /** After a collection that gives back what it can, in bytes. */
  readonly rss: number;
  readonly heapUsed: number;
}

export interface Orders {
  /** Publishes at a rate. */
  load(load: Load): Promise<Cost>;
  memory(): Promise<Memory>;
  /** CPU of the process since its start, user and system, in µs. */
  cpu(): Promise<number>;
  /** Metrics as text. */
  metrics(): Promise<string>;
}

export interface Server extends AsyncDisposable {
  readonly port: number;
  order<What extends keyof Orders>(
    what: What,
    ...args: Parameters<Orders[What]>
  ): Promise<Awaited<ReturnType<Orders[What]>>>;
}

/** Starts `module`, which calls `serve`, with Node's own limits. */
export async function startServer(
  module: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const child = fork(new URL(module, import.meta.url), {
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning', ...process.execArgv],
    env: { ...process.env, ...environment },
  });
  const answers = createAnswers<unknown>(child, module);
  child.on('message', answers.came);
  const { next } = answers;
  const port = (await next()) as number;
  return {
    port,
    async order(what, ...args) {
      child.send({ what, args });
      return (await next()) as never;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

/** The other side: tells its port and obeys, one order at a time. */
export function serve(port: number, orders: Partial<Orders>): void {
  const known: Partial<Orders> = { memory, cpu, ...orders };
  process.on('message', ({ what, args }: { what: keyof Orders; args: [never] }) => {
    void known[what]!(...args).then((answer) => process.send!(answer ?? null));
  });
  process.once('disconnect', () => process.exit());
  process.send!(port);
}

async function cpu(): Promise<number> {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function memory(): Promise<Memory> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc!({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heapUsed };
}
