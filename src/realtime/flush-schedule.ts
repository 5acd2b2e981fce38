// When unsent values go out. With nothing else to do that is at once; under load the next flush waits as
// long as the last one took, so that flushing takes at most half of the thread, and what arrives
// meanwhile shares a write: a write costs ten times what another message in it does.
import { limits } from './limits.ts';

/** Sends what is due; false when it stopped early, to let other work in. */
export type Flush = () => boolean;

export interface Clock {
  /** Milliseconds, rising. */
  now(): number;
  setImmediate(run: () => void): void;
  setTimeout(run: () => void, ms: number): void;
}

/**
 * Returns a function that sees to it that `flush` runs soon; it is called when the first value becomes
 * due, and again after that flush. `flushed` hears how long the first value had to wait until the last
 * was written, in milliseconds.
 */
export function createFlushSchedule({
  clock,
  flushed,
}: {
  readonly clock: Clock;
  readonly flushed: (delayMs: number) => void;
}): (flush: Flush) => void {
  const { flushWaitMaxMs } = limits;
  let restedAt = 0;

  return (flush) => {
    const dueAt = clock.now();
    let tookMs = 0;
    function run(): void {
      const startedAt = clock.now();
      const finished = flush();
      const endedAt = clock.now();
      tookMs += endedAt - startedAt;
      restedAt = endedAt + Math.min(tookMs, flushWaitMaxMs);
      if (finished) flushed(endedAt - dueAt);
      else clock.setImmediate(run);
    }
    const waitMs = restedAt - dueAt;
    // A timer is no more exact than a millisecond, and a shorter wait gathers nothing worth it. It cuts
    // fractions off, so that flushing would take more than its half.
    if (waitMs < 1) clock.setImmediate(run);
    else clock.setTimeout(run, Math.ceil(waitMs));
  };
}
