// One load on this system by the real generator, in a process of its own: it must not share the event
// loop of what it measures. It is the command `atlas load`, followed by its JSON lines.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClassCounts, LoadMessage } from '../../../load/messages.ts';
import type { LoadScenario } from '../../contracts/load-run.ts';
import { limits } from './limits.ts';

const program = join(import.meta.dirname, '..', '..', 'atlas.ts');

export interface LoadOrder {
  readonly scenario: LoadScenario;
  readonly ratePerSecond: number;
  readonly seconds: number;
}

export interface LoadPlace {
  /** Of the gateway, as the generator reaches it. */
  readonly url: string;
  readonly tenant: string;
  /** With the development keys. */
  readonly dataFolder: string;
}

export interface Moment {
  readonly atMs: number;
  readonly classes: readonly ClassCounts[];
}

export type RunState = 'preparing' | 'running' | 'done' | 'stopped' | 'failed';

export class LoadRun {
  readonly order: LoadOrder;
  readonly startedAt = new Date().toISOString();
  readonly moments: Moment[] = [];
  state: RunState = 'preparing';
  result: Extract<LoadMessage, { kind: 'result' }> | undefined;
  /** What it said last, when it failed. */
  error: string | undefined;
  /** Resolves when its process has ended; never rejects. */
  readonly ended: Promise<void>;
  readonly #child: ReturnType<typeof startGenerator>;
  #stopping = false;

  constructor(order: LoadOrder, place: LoadPlace) {
    this.order = order;
    this.#child = startGenerator(order, place);
    this.ended = this.#follow();
  }

  get isOver(): boolean {
    return this.state !== 'preparing' && this.state !== 'running';
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), limits.stopMs);
    await this.ended;
    clearTimeout(late);
  }

  async #follow(): Promise<void> {
    const child = this.#child;
    const longestMs = this.order.seconds * 1_000 + limits.aroundMs;
    const late = setTimeout(() => void this.stop(), longestMs);
    const ended = Promise.withResolvers<void>();
    child.once('error', (error) => this.#complain(error.message));
    child.once('close', () => ended.resolve());
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line));
    createInterface({ input: child.stderr }).on('line', (line) => this.#complain(line));
    await ended.promise;
    clearTimeout(late);
    this.state = this.#stopping ? 'stopped' : this.result === undefined ? 'failed' : 'done';
  }

  #hear(line: string): void {
    const message = messageOf(line);
    // Whatever it says beside its messages must not end the gateway.
    if (message === undefined) return this.#complain(line);
    if (message.kind === 'result') {
      this.result = message;
      return;
    }
    this.state = 'running';
    if (this.moments.length < limits.momentsMax) this.moments.push(message);
  }

  #complain(text: string): void {
    this.error = text.slice(0, limits.errorLengthMax);
  }
}

function messageOf(line: string): LoadMessage | undefined {
  try {
    return JSON.parse(line) as LoadMessage;
  } catch {
    return undefined;
  }
}

function startGenerator(order: LoadOrder, { url, tenant, dataFolder }: LoadPlace) {
  const { scenario, ratePerSecond, seconds } = order;
  const args = ['load', scenario, '--rate', String(ratePerSecond), '--seconds', String(seconds)];
  const flags = ['--disable-warning=ExperimentalWarning', program];
  return spawn(process.execPath, [...flags, ...args, '--tenant', tenant, '--progress', 'json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Nothing of ours that it does not need: where Atlas is, and the keys to make customers' tokens.
    env: { ATLAS_URL: url, ATLAS_DATA: resolve(dataFolder) },
  });
}
