/**
 * Looks at the timeouts of all connections now and then, at some of them in each turn of the event loop:
 * ten thousand that are pinged in one go hold up whoever is to be sent something else by 0.1 s.
 */
export interface Swept {
  /** `now` is `performance.now()` as the sweep began, however long it takes. */
  sweep(now: number, heldUpMs: number): void;
}

export interface SweepClock {
  /** Milliseconds, rising. */
  now(): number;
  /** Both run once, and need not keep the process. */
  setTimeout(run: () => void, ms: number): void;
  setImmediate(run: () => void): void;
}

/** A sweep begins `everyMs` after the last one began, or once it has ended. Returns what stops it. */
export function startSweeps(
  all: () => Iterable<Swept>,
  { everyMs, perTurnMax }: { everyMs: number; perTurnMax: number },
  clock: SweepClock = ownClock,
): () => void {
  let stopped = false;
  let dueAt = clock.now() + everyMs;

  function begin(): void {
    const now = clock.now();
    // Nobody could be heard for so long.
    const heldUpMs = Math.max(0, now - dueAt);
    dueAt = now + everyMs;
    const rest = all()[Symbol.iterator]();
    function look(): void {
      for (let looked = 0; looked < perTurnMax && !stopped; looked += 1) {
        const next = rest.next();
        if (next.done === true) return clock.setTimeout(begin, Math.max(0, dueAt - clock.now()));
        next.value.sweep(now, heldUpMs);
      }
      if (!stopped) clock.setImmediate(look);
    }
    look();
  }

  clock.setTimeout(begin, everyMs);
  return () => {
    stopped = true;
  };
}

const ownClock: SweepClock = {
  now: () => performance.now(),
  setTimeout: (run, ms) => void setTimeout(run, ms).unref(),
  setImmediate: (run) => void setImmediate(run),
};
