// The receiving side: one process of C or several, each with its share of the clients.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createAnswers } from './answers.ts';

export interface Received {
  readonly deliveries: number;
  readonly bytes: number;
  readonly reads: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Of one core. */
  readonly cpuShare: number;
  /** Of the time: it could have run and had no core. */
  readonly corelessShare: number;
  /** The longest round of its loop, which is what it may add to a delivery by itself. */
  readonly roundMaxMs: number;
  readonly ready: number;
  /** Tries that were answered with an HTTP error. */
  readonly refused: number;
  readonly lost: number;
  /** Since the order that took time. */
  readonly ms: number;
}

export type Order = 'open' | 'begin' | 'end' | 'storm';

export interface Receivers extends AsyncDisposable {
  /** One answer of each process. */
  order(what: Order, count?: number): Promise<Received[]>;
}

let plans = 0;

/** `plan` has a line for each client; see receiver.c. */
export async function startReceivers(options: {
  readonly program: string;
  readonly folder: string;
  readonly port: number;
  readonly plan: readonly string[];
  readonly processes?: number;
  readonly silent?: boolean;
  readonly deaf?: number;
}): Promise<Receivers> {
  const { program, folder, port, plan, processes = 1, silent = false, deaf = 0 } = options;
  const share = Math.ceil(plan.length / processes);
  const started: ReturnType<typeof startLines>[] = [];
  for (let index = 0; index < processes; index += 1) {
    const file = join(folder, `plan-${(plans += 1)}`);
    await writeFile(file, plan.slice(index * share, (index + 1) * share).join('\n'));
    const args = [port, file, Number(silent), deaf].map(String);
    started.push(startLines(program, args));
  }
  return {
    order: (what, count = 0) =>
      Promise.all(
        started.map(async ({ ask }) => JSON.parse(await ask(`${what} ${count}`)) as Received),
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all(started.map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

/** A program that answers each line with one. */
export function startLines(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const { next, came } = createAnswers<string>(child, program);
  createInterface(child.stdout).on('line', came);
  return {
    next,
    ask(line: string): Promise<string> {
      const answer = next();
      child.stdin.write(`${line}\n`);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
