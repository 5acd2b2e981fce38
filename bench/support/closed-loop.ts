// Callers that each wait for their answer before they ask again. What happens in the warm-up counts
// for the books, but not for the figures.
import { createHistogram } from 'node:perf_hooks';

export interface LoopOptions {
  readonly callers: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  call(caller: number): Promise<void>;
  /** The measured time begins, and ends. */
  readonly window?: (edge: 'begin' | 'end') => Promise<void>;
}

export interface LoopFigures {
  /** Calls that were answered, warm-up and tail included. */
  readonly answered: number;
  /** Calls that were answered in the measured time. */
  readonly measured: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** @throws what a call throws. */
export async function closedLoop(options: LoopOptions): Promise<LoopFigures> {
  const { callers, warmUpMs, measureMs, window = async () => {} } = options;
  const latencyUs = createHistogram({ highest: 600_000_000 });
  const phase = { measuring: false, stopped: false };
  let answered = 0;
  let measured = 0;

  async function run(caller: number): Promise<void> {
    while (!phase.stopped) {
      const startedAt = performance.now();
      await options.call(caller);
      answered += 1;
      if (!phase.measuring) continue;
      measured += 1;
      latencyUs.record(Math.max(1, Math.round((performance.now() - startedAt) * 1_000)));
    }
  }

  const all = Promise.all(Array.from({ length: callers }, (_, caller) => run(caller)));
  const failed = all.then(() => {});
  const sleep = (ms: number) => Promise.race([failed, new Promise((done) => setTimeout(done, ms))]);
  await sleep(warmUpMs);
  await window('begin');
  const startedAt = performance.now();
  phase.measuring = true;
  await sleep(measureMs);
  phase.measuring = false;
  const seconds = (performance.now() - startedAt) / 1_000;
  await window('end');
  phase.stopped = true;
  await all;
  return {
    answered,
    measured,
    perSecond: measured / seconds,
    p50Ms: latencyUs.percentile(50) / 1_000,
    p99Ms: latencyUs.percentile(99) / 1_000,
  };
}
