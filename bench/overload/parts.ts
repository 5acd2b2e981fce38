// What is measured of a system under ten times its capacity; each part is one question.
import { fixedDelay, insistent, type RetryPolicy } from '../../load/retries.ts';
import type { LoadResult } from '../../load/run-load.ts';
import { brownOut, spike, steady, type Phase, type Shape } from '../../load/shapes.ts';
import { table, type Cell } from '../support/table.ts';
import { connections, startSystem, type System } from './systems.ts';
import { again, postedBefore, run, transfers } from './traffic.ts';

export interface PartOptions {
  /** What each transfer takes in the book. */
  readonly rowMs: number;
  /** Transfers a second that Atlas then posts; see `measureCapacity`. */
  readonly capacity: number;
  readonly seconds: number;
}

export type Part = (options: PartOptions) => Promise<string>;

const overload = 10;
const saturation = 1.5;
/** Of a class that is served as a whole: below it there is a queue now and then, above it always. */
const comfortable = 0.8;
const slowdown = 3;
const stormSeconds = 3;
const stormRetries = 6;
/** How often one posted transfer is asked for again. */
const repeatsOfEach = 4;

/** What the slowed book lets through when there is always more to do. */
export async function measureCapacity({ rowMs, seconds }: Omit<PartOptions, 'capacity'>) {
  await using system = await startSystem('Atlas', rowMs);
  const perSecond = (1_000 * connections * saturation) / rowMs;
  const { classes } = await run([transfers(system, { shape: steady({ perSecond, seconds }) })]);
  return Math.round(classes['transfers']!.served / seconds);
}

/** Goodput at ten times the capacity, against the best at any lower load. */
export const goodput: Part = async ({ rowMs, capacity, seconds }) => {
  const rows: Cell[][] = [];
  for (const name of ['Atlas', 'no shedding', 'bucket alone'] as const) {
    await using system = await startSystem(name, rowMs);
    const at = async (times: number) => {
      const shape = steady({ perSecond: capacity * times, seconds });
      return (await run([transfers(system, { shape })])).classes['transfers']!;
    };
    const lower = [await at(comfortable), await at(1), await at(1.3)];
    const peak = Math.max(...lower.map(({ good }) => good / seconds));
    const figures = await at(overload);
    rows.push([
      name,
      peak,
      figures.good / seconds,
      percent(figures.good / seconds / peak),
      lower[0]!.admitted.p99Ms,
      figures.admitted.p99Ms,
      percent(figures.requests.shed / figures.sent),
      figures.requests.failed,
    ]);
  }
  return table(
    ['', 'peak/s', 'at 10×/s', 'of peak', 'p99 ms at 0.8×', 'p99 ms at 10×', 'shed', 'failed'],
    rows,
  );
};

/** Those who ask again for what has been admitted, beside ten times the capacity of others. */
export const critical: Part = async ({ rowMs, capacity, seconds }) => {
  await using system = await startSystem('Atlas', rowMs);
  const shape = steady({ perSecond: capacity / 2, seconds });
  const flood = { shape: steady({ perSecond: capacity * overload, seconds }) };
  const texts = await postedBefore(system, Math.ceil((capacity * seconds) / 2 / repeatsOfEach));
  const classes = await run([again(system, texts, shape), transfers(system, flood)]);
  // What would be of them if they were nothing special: as many, of keys that nobody has seen.
  const none = await run([
    transfers(system, { name: 'critical', shape }),
    transfers(system, flood),
  ]);
  return table(
    ['', 'asked', 'good', 'of them', 'p99 ms', 'others good/s'],
    [['with classes', classes] as const, ['without', none] as const].map(([name, { classes }]) => {
      const { offered, good, latency } = classes['critical']!;
      const others = classes['transfers']!.good / seconds;
      return [name, offered, good, percent(good / offered), latency.p99Ms, others];
    }),
  );
};

/** How long until all is good again after a spike, a brown-out and a stall of the book. */
export const recovery: Part = async ({ rowMs, capacity, seconds }) => {
  const perSecond = capacity * comfortable;
  const rows: Cell[][] = [];
  for (const name of ['Atlas', 'bucket alone'] as const) {
    await using system = await startSystem(name, rowMs);
    const measure = async (shape: Shape, phaseBegins: (phase: Phase) => void = () => {}) => {
      const result = await run([transfers(system, { shape })], phaseBegins);
      return recoveredMs(result);
    };
    // The disturbance is a quarter of the run.
    const over = { perSecond, seconds: seconds * 4 };
    rows.push([
      name,
      await measure(spike({ ...over, times: overload })),
      await measure(brownOut(over), ({ name }) => {
        if (name === 'brown-out') void system.book.slow(rowMs * slowdown);
        if (name === 'after') void system.book.slow(rowMs);
      }),
      await measure(brownOut(over), stalling(system)),
    ]);
  }
  return table(
    ['ms until good again', '10× spike', `${slowdown}× slower`, `stall of ${seconds} s`],
    rows,
  );
};

/** A burst of ten times the capacity whose refused callers come back up to six times. */
export const storm: Part = async ({ rowMs, capacity }) => {
  const shape = steady({ perSecond: capacity * overload, seconds: stormSeconds });
  const rows: Cell[][] = [];
  for (const [name, retry] of [
    ['as Retry-After says', insistent(stormRetries)],
    ['a fixed second', fixedDelay(1_000, stormRetries)],
  ] as [string, RetryPolicy][]) {
    await using system = await startSystem('Atlas', rowMs);
    const figures = (await run([transfers(system, { shape, retry })])).classes['transfers']!;
    const never = figures.offered - figures.served;
    rows.push([
      name,
      figures.offered,
      figures.retries,
      percent(never / figures.offered),
      figures.latency.p50Ms / 1_000,
      figures.latency.p99Ms / 1_000,
    ]);
  }
  return table(['', 'asked', 'retries', 'never served', 'p50 s', 'p99 s'], rows);
};

function stalling(system: System): (phase: Phase) => void {
  let stall: Promise<AsyncDisposable> | undefined;
  return ({ name }) => {
    if (name === 'brown-out') stall = system.book.stall();
    if (name === 'after') void stall!.then((held) => held[Symbol.asyncDispose]());
  };
}

/** From the end of the disturbance to the first second of which 95 % was good. */
export function recoveredMs({ classes, phases, seconds }: LoadResult): string {
  const { everyMs, slots } = classes['transfers']!.series.find(({ everyMs }) => everyMs === 100)!;
  const endedAt = Math.ceil((phases.at(-1)!.fromSeconds * 1_000) / everyMs);
  const slotsASecond = 1_000 / everyMs;
  // Later slots are of those who still wait: nobody asks for anything there.
  const asked = Math.min(slots.length, Math.floor(seconds * slotsASecond));
  for (let at = endedAt; at + slotsASecond <= asked; at += 1) {
    const second = slots.slice(at, at + slotsASecond);
    const sum = (what: 'good' | 'offered') => second.reduce((total, slot) => total + slot[what], 0);
    if (sum('good') >= 0.95 * sum('offered')) return String((at - endedAt) * everyMs);
  }
  return `never in ${((asked - endedAt) * everyMs) / 1_000} s`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.98 || share < 0.02 ? 2 : 1)} %`;
}
