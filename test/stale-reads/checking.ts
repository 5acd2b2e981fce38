// The checker, started as a process beside the system that it checks, as seen by whoever does
// something to that system meanwhile.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bareEnvironment } from '../bare-environment.ts';
import type { Report, Totals } from './checker.ts';
import type { Target } from './ground.ts';
import type { Told } from './program.ts';

const program = fileURLToPath(new URL('program.ts', import.meta.url));
const patienceMs = 120_000;

/** See the program's usage for what they mean. */
export type CheckingOptions = Partial<
  Record<
    'checks' | 'accounts' | 'writers' | 'readers' | 'rest-ms' | 'seed' | 'name',
    string | number
  >
>;

export interface Checking extends AsyncDisposable {
  /** As last told, some 20 ms ago at most. */
  readonly totals: Totals;
  /** @throws after two minutes, naming what was waited for, or when the checker has failed */
  until(met: (totals: Totals) => boolean, what: string): Promise<void>;
  /** Until so many reads more were judged and transfers acknowledged than now. */
  more(checks: number, transfers?: number): Promise<void>;
  /** Ends the check in order. */
  stop(): Promise<Report>;
}

/** Resolves when the first reads were judged. */
export async function startChecking(
  { payments, ledgers, token }: Target,
  options: CheckingOptions = {},
): Promise<Checking> {
  const given = {
    payments: payments.join(','),
    ledger: ledgers.join(','),
    checks: 1e9,
    ...options,
  };
  const args = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
  const env = { ...bareEnvironment, ATLAS_TOKEN: token };
  const child = fork(program, args, { execArgv: [], env });
  let totals: Totals | undefined;
  const reported = Promise.withResolvers<Report>();
  const waiting = new Set<() => void>();
  child.on('message', (told: Told) => {
    if ('report' in told) reported.resolve(told.report);
    else totals = told.totals;
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  // Not when it exits: what it has told may still have to be read then.
  child.once('disconnect', () => reported.reject(new Error('the checker has ended; see above')));
  reported.promise.catch(() => {});

  async function until(met: (totals: Totals) => boolean, what: string): Promise<void> {
    const waited = Promise.withResolvers<void>();
    const look = (): void => {
      if (totals !== undefined && met(totals)) waited.resolve();
    };
    const timer = setTimeout(
      () => waited.reject(new Error(`waited for ${what} at ${JSON.stringify(totals)}`)),
      patienceMs,
    );
    waiting.add(look);
    look();
    try {
      await Promise.race([waited.promise, reported.promise]);
    } finally {
      waiting.delete(look);
      clearTimeout(timer);
    }
  }

  const checking: Checking = {
    get totals() {
      return totals!;
    },
    until,
    more(checks, transfers = 0) {
      const { checked, acknowledged } = totals!;
      return until(
        (now) => now.checked >= checked + checks && now.acknowledged >= acknowledged + transfers,
        `${checks} reads and ${transfers} transfers more`,
      );
    },
    async stop() {
      if (child.connected) child.send('stop');
      return reported.promise;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
  try {
    await until(({ checked }) => checked > 0, 'the first reads');
  } catch (error) {
    await checking[Symbol.asyncDispose]();
    throw error;
  }
  return checking;
}
