// What a run waits for beside its arrivals: the next second, the next phase, the next try.
import type { Clock } from './clock.ts';
import type { Phase } from './shapes.ts';

const earlyMsMax = 100;

export function everySecond(clock: Clock, tick: () => void): Disposable {
  const startedAtMs = clock.now();
  let timer: unknown;
  const wait = () => {
    // A second that was missed is not made up for, and a timer that was early does not repeat one.
    const leftMs = 1_000 - ((clock.now() - startedAtMs) % 1_000);
    timer = clock.setTimeout(
      () => {
        tick();
        wait();
      },
      leftMs < earlyMsMax ? leftMs + 1_000 : leftMs,
    );
  };
  wait();
  return { [Symbol.dispose]: () => clock.clearTimeout(timer) };
}

export function atEachPhase(
  clock: Clock,
  phases: readonly Phase[],
  begins: (phase: Phase) => void,
): Disposable {
  const timers = phases.map((phase) =>
    clock.setTimeout(() => begins(phase), phase.fromSeconds * 1_000),
  );
  return {
    [Symbol.dispose]() {
      for (const timer of timers) clock.clearTimeout(timer);
    },
  };
}

/** Pauses that an ended run cuts short: they resolve to whether the whole time has passed. */
export function createPauses(
  clock: Clock,
  signal: AbortSignal | undefined,
): (ms: number) => Promise<boolean> {
  const waiting = new Set<(hasPassed: boolean) => void>();
  signal?.addEventListener('abort', () => {
    for (const end of waiting) end(false);
  });
  return (ms) =>
    new Promise((resolve) => {
      const end = (hasPassed: boolean) => {
        clock.clearTimeout(timer);
        waiting.delete(end);
        resolve(hasPassed);
      };
      const timer = clock.setTimeout(() => end(true), ms);
      waiting.add(end);
    });
}
