// Lets payments arrive at a rate, whether or not earlier ones are answered, as customers do: a slow
// Atlas meets the same demand as a fast one, and latency counts from when a payment was due.
import { setTimeout as pause } from 'node:timers/promises';
import { pauseMs, type Random } from './random.ts';
import { Tally } from './tally.ts';

/** Payments under way; more are skipped rather than kept. */
const inFlightMax = 2_000;
const lineMs = 1_000;

export interface TrafficOptions {
  readonly perSecond: number;
  readonly random: Random;
  /** Resolves to the code of a refusal, or to nothing when posted. */
  pay(): Promise<string | undefined>;
  /** Ends the arrivals; those under way are awaited. */
  readonly end: AbortSignal;
  /** Called every second. */
  line(second: Tally): void;
}

export async function runTraffic(options: TrafficOptions): Promise<Tally> {
  const { perSecond, random, end } = options;
  const total = new Tally();
  let second = new Tally();
  const underWay = new Set<Promise<void>>();
  const lines = setInterval(() => {
    options.line(second);
    second = new Tally();
  }, lineMs);

  function arrive(dueAtMs: number): void {
    if (underWay.size >= inFlightMax) {
      for (const tally of [total, second]) tally.skipped += 1;
      return;
    }
    for (const tally of [total, second]) tally.sent += 1;
    const payment = options.pay().then((code) => {
      const latencyMs = performance.now() - dueAtMs;
      for (const tally of [total, second]) tally.settled(code, latencyMs);
      underWay.delete(payment);
    });
    underWay.add(payment);
  }

  let dueAtMs = performance.now();
  while (!end.aborted) {
    dueAtMs += pauseMs(random, perSecond);
    const waitMs = dueAtMs - performance.now();
    // Timers are no finer than a millisecond; what is due meanwhile goes together.
    if (waitMs > 1) await pause(waitMs, undefined, { signal: end }).catch(() => {});
    if (!end.aborted) arrive(dueAtMs);
  }
  await Promise.all(underWay);
  clearInterval(lines);
  return total;
}
