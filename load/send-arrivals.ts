// Begins each arrival when it is due, whatever has become of those before it: that is all that keeps a
// load open, so it knows nothing of answers.
import type { Clock } from './clock.ts';

export interface ArrivalStream {
  /** Milliseconds since the start, ascending. */
  readonly times: Iterator<number, void>;
  /** Not awaited before the next one is begun. */
  begin(dueAtMs: number): Promise<void>;
}

export interface SendOptions {
  readonly streams: readonly ArrivalStream[];
  readonly seconds: number;
  readonly clock: Clock;
  /** Ends the arrivals. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Resolves when the time is over and all that was begun has settled, to the seconds in which there were
 * arrivals: fewer than asked for when it was ended before.
 */
export async function sendArrivals(options: SendOptions): Promise<number> {
  const { seconds, clock, signal } = options;
  const startedAtMs = clock.now();
  const endMs = seconds * 1_000;
  const streams = options.streams.map((stream) => ({ stream, nextAtMs: nextOf(stream) }));
  const underWay = new Set<Promise<void>>();

  function earliest() {
    let first = streams[0]!;
    for (const each of streams) if (each.nextAtMs < first.nextAtMs) first = each;
    return first;
  }

  await new Promise<void>((resolve) => {
    signal?.addEventListener('abort', () => resolve());
    function sendDue(): void {
      if (signal?.aborted === true) return resolve();
      const nowMs = clock.now() - startedAtMs;
      let next = earliest();
      for (; next.nextAtMs <= nowMs; next = earliest()) {
        const arrival = next.stream.begin(next.nextAtMs).finally(() => underWay.delete(arrival));
        underWay.add(arrival);
        next.nextAtMs = nextOf(next.stream);
      }
      if (nowMs >= endMs) return resolve();
      const waitMs = Math.min(next.nextAtMs, endMs) - (clock.now() - startedAtMs);
      // Never quite nothing: a sum of fractions may fall short of the moment that it stands for.
      clock.setTimeout(sendDue, Math.max(waitMs, 0.001));
    }
    sendDue();
  });
  const sentSeconds = Math.min(seconds, (clock.now() - startedAtMs) / 1_000);
  while (underWay.size > 0) await Promise.all(underWay);
  return sentSeconds;
}

/** Infinite after the last. */
function nextOf({ times }: ArrivalStream): number {
  return times.next().value ?? Number.POSITIVE_INFINITY;
}
