// Figures that change all the time, asked for again and again while somebody looks at them: not while the
// page is hidden, and on through an outage, because that is when they are looked at most. What was heard
// stays, so that leaving the page and coming back finds its charts as they were.
import { AtlasError, type Clock } from '@atlas/client';

export const everyMs = 1_000;
export const keptMs = 5 * 60_000;

export interface Sample<T> {
  /** When the answer was here. */
  readonly atMs: number;
  readonly value: T;
}

export interface Watched<T> {
  /** Oldest first, of the time that is kept: five minutes, or else. */
  readonly samples: readonly Sample<T>[];
  /** Why the last try gave nothing; undefined once one did. */
  readonly failure: Failure | undefined;
  /** How often it is asked. */
  readonly everyMs: number;
}

export interface Failure {
  readonly error: unknown;
  /** When the first of the tries in a row failed. */
  readonly sinceMs: number;
}

export interface Watch<T> {
  readonly read: () => Watched<T>;
  /** Without a listener nothing is asked. */
  readonly listen: (onChange: () => void) => () => void;
}

/** Whether anybody can see the page. */
export interface Sight {
  readonly hidden: () => boolean;
  readonly listen: (onChange: () => void) => () => void;
}

export const documentSight: Sight = {
  hidden: () => document.visibilityState === 'hidden',
  listen(onChange) {
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  },
};

export function createWatch<T>(parts: {
  readonly ask: (signal: AbortSignal) => Promise<T>;
  readonly sight: Sight;
  readonly clock: Clock;
  /** A second, or else. */
  readonly everyMs?: number;
  /** Five minutes, or else; the last one stays in any case. */
  readonly keptMs?: number;
}): Watch<T> {
  const { ask, sight, clock } = parts;
  const pace = { everyMs: parts.everyMs ?? everyMs, keptMs: parts.keptMs ?? keptMs };
  const listeners = new Set<() => void>();
  let watched: Watched<T> = {
    samples: [],
    failure: undefined,
    everyMs: pace.everyMs,
  };
  let asking: AbortController | undefined;
  let timer: unknown;
  let leaveSight: (() => void) | undefined;

  function show(next: Watched<T>): void {
    watched = next;
    for (const changed of listeners) changed();
  }

  function goOn(): void {
    if (listeners.size === 0 || sight.hidden()) stop();
    else if (asking === undefined && timer === undefined) void askOnce();
  }

  function stop(): void {
    asking?.abort();
    asking = undefined;
    clock.clearTimeout(timer);
    timer = undefined;
  }

  async function askOnce(): Promise<void> {
    const mine = (asking = new AbortController());
    const beganAtMs = clock.now();
    const next = await ask(mine.signal).then(answered, failed);
    // Whoever stopped it has nothing more to hear from it.
    if (asking !== mine) return;
    asking = undefined;
    const pauseMs = Math.max(pace.everyMs, askedToWaitMs(next.failure));
    timer = clock.setTimeout(
      () => {
        timer = undefined;
        goOn();
      },
      Math.max(0, beganAtMs + pauseMs - clock.now()),
    );
    show(next);
  }

  function answered(value: T): Watched<T> {
    const atMs = clock.now();
    const kept = watched.samples.filter((sample) => atMs - sample.atMs <= pace.keptMs);
    return { ...watched, samples: [...kept, { atMs, value }], failure: undefined };
  }

  function failed(error: unknown): Watched<T> {
    const sinceMs = watched.failure?.sinceMs ?? clock.now();
    return { ...watched, failure: { error, sinceMs } };
  }

  return {
    read: () => watched,
    listen(onChange) {
      listeners.add(onChange);
      leaveSight ??= sight.listen(goOn);
      goOn();
      return () => {
        listeners.delete(onChange);
        if (listeners.size > 0) return;
        leaveSight?.();
        leaveSight = undefined;
        stop();
      };
    },
  };
}

function askedToWaitMs(failure: Failure | undefined): number {
  return failure?.error instanceof AtlasError ? (failure.error.retryAfterMs ?? 0) : 0;
}
