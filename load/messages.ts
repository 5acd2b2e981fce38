// What a run tells another program that follows it: a line of JSON each second, and what came of it.
import { inWords } from './bars.ts';
import type { LoadReport } from './result.ts';
import type { Live } from './run-scenario.ts';

/** Counts since the start of the run. */
export interface ClassCounts {
  readonly name: string;
  /** Arrivals: what customers wanted. */
  readonly offered: number;
  /** Of them, those that were served in time. */
  readonly good: number;
  /** Requests that were turned away for now, retries included. */
  readonly shed: number;
  readonly failed: number;
  readonly inFlight: number;
}

export interface ClassLatency {
  readonly name: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type LoadMessage =
  | { readonly kind: 'second'; readonly atMs: number; readonly classes: readonly ClassCounts[] }
  | {
      readonly kind: 'result';
      readonly verdicts: readonly { readonly text: string; readonly isKept: boolean }[];
      readonly latencies: readonly ClassLatency[];
      /** Why the figures must not be used; empty for a good run. */
      readonly voidBecause: readonly string[];
    };

export function secondOf({ atMs, classes }: Live): LoadMessage {
  const counts = [...classes].map(
    ([name, { offered, good, shedCount, failedCount, inFlight }]) => ({
      name,
      offered,
      good,
      shed: shedCount,
      failed: failedCount,
      inFlight,
    }),
  );
  return { kind: 'second', atMs: Math.round(atMs), classes: counts };
}

export function resultOf({ load, verdicts }: LoadReport): LoadMessage {
  return {
    kind: 'result',
    verdicts: verdicts.map((verdict) => ({ text: inWords(verdict), isKept: verdict.isKept })),
    latencies: Object.entries(load.classes).map(([name, { latency }]) => ({
      name,
      p50Ms: latency.p50Ms,
      p99Ms: latency.p99Ms,
    })),
    voidBecause: load.voidBecause,
  };
}
