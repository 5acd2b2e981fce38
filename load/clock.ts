// The one clock of a run: arrivals, send lag, latencies and retries are told by it, so that they can
// be compared, and so that a test moves all of them by hand.
import { performance } from 'node:perf_hooks';
import type { Clock } from '../packages/client/src/clock.ts';

export type { Clock } from '../packages/client/src/clock.ts';

export const runClock: Clock = {
  now: () => performance.now(),
  // What is overdue is due now; Node would say so in a warning.
  setTimeout: (run, ms) => setTimeout(run, Math.max(0, ms)),
  clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
};
