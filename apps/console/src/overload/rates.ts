// What counters say: how fast they rise. Two samples far apart (the page was hidden) or a counter that
// fell (the replica was restarted, or another one answered) say nothing, and nothing is drawn for them.
import { spanOf, type Span } from '../ui/chart-shape.ts';
import { keptMs, type Sample } from '../ui/watch.ts';

/** Samples further apart have a gap between them. */
const gapMs = 5_000;
/** What is drawn: the shortest of these that reaches back to the first sample. */
const spansMs = [60_000, 120_000, keptMs];
/** Rates in tables are means of so long, or nobody could read them. */
const rateMs = 5_000;

type Samples<T> = readonly Sample<T>[];

/** The times of the samples, and the minutes that a chart of them shows. */
export function lately(samples: Samples<unknown>, nowMs: number): Span {
  const times = samples.map(({ atMs }) => atMs);
  return { times, fromMs: nowMs - spanOf(times, nowMs, spansMs), toMs: nowMs, gapMs };
}

/** For each sample the mean rate since the one before it. */
export function perSecond<T>(
  samples: Samples<T>,
  count: (value: T) => number,
): (number | undefined)[] {
  return samples.map((sample, i) => {
    const before = samples[i - 1];
    const near = before !== undefined && sample.atMs - before.atMs <= gapMs;
    return near ? rateBetween(before, sample, count) : undefined;
  });
}

/** The mean rate over the last `overMs` of the samples. */
export function rateLately<T>(
  samples: Samples<T>,
  count: (value: T) => number,
  overMs = rateMs,
): number | undefined {
  const last = samples.at(-1);
  const first = since(samples, overMs);
  return first === undefined || last === undefined ? undefined : rateBetween(first, last, count);
}

/** By how much a counter rose over the last `overMs` of the samples. */
export function riseLately<T>(
  samples: Samples<T>,
  count: (value: T) => number,
  overMs: number,
): number {
  const last = samples.at(-1);
  const first = since(samples, overMs);
  if (first === undefined || last === undefined) return 0;
  return Math.max(0, count(last.value) - count(first.value));
}

function since<T>(samples: Samples<T>, overMs: number): Sample<T> | undefined {
  const last = samples.at(-1);
  return last && samples.find(({ atMs }) => last.atMs - atMs <= overMs);
}

function rateBetween<T>(
  first: Sample<T>,
  last: Sample<T>,
  count: (value: T) => number,
): number | undefined {
  const seconds = (last.atMs - first.atMs) / 1_000;
  const rise = count(last.value) - count(first.value);
  return seconds <= 0 || rise < 0 ? undefined : rise / seconds;
}
