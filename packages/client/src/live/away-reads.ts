// While the hub is away, balances are read over HTTP: from a second on, every five, and a few at a time,
// the oldest first, since all clients of a hub that is down do so together.
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';

export interface AwayReads {
  start(): void;
  /** A round at once. */
  now(): void;
  stop(): void;
}

export interface AwayReadsParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly watched: () => { readonly accountId: string; readonly asOfMs: number | undefined }[];
  /** Whoever else needs the balance is told by the reader. */
  readonly read: (accountId: string) => Promise<unknown>;
}

export function createAwayReads({ clock, random, watched, read }: AwayReadsParts): AwayReads {
  let timer: unknown;

  function schedule(inMs: number): void {
    clock.clearTimeout(timer);
    const jitteredMs = inMs * (0.5 + random());
    timer = clock.setTimeout(() => {
      now();
      schedule(limits.awayEveryMs);
    }, jitteredMs);
  }

  function now(): void {
    const oldest = watched().sort((a, b) => (a.asOfMs ?? 0) - (b.asOfMs ?? 0));
    for (const { accountId } of oldest.slice(0, limits.awayReadsMax)) {
      // What cannot be read stays as old as it is.
      read(accountId).catch(() => undefined);
    }
  }

  return {
    start: () => schedule(limits.awayFirstMs),
    now,
    stop: () => clock.clearTimeout(timer),
  };
}
