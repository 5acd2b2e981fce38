// What the platform promises, as data, and whether a run kept it. What could not be measured was not
// kept.
import type { LoadResult } from './run-load.ts';
import type { ScreenFigures } from './screens/screens.ts';
import type { ServerMoment } from './server-watch.ts';

/** Everything that a run has found. */
export interface Facts {
  readonly load: LoadResult;
  /** Once a second; the first before the run, the last after it. */
  readonly server: readonly ServerMoment[];
  readonly screens?: ScreenFigures;
}

export interface Bar {
  readonly what: string;
  readonly unit: 'ms' | '%' | 's';
  readonly is: '<' | '≤' | '>' | '≥';
  readonly bar: number;
  /** In the bar's unit; undefined: this run cannot say. */
  readonly measure: (facts: Facts) => number | undefined;
}

export interface Verdict {
  readonly what: string;
  readonly unit: Bar['unit'];
  readonly is: Bar['is'];
  readonly bar: number;
  /** Null: not measured. */
  readonly value: number | null;
  readonly isKept: boolean;
}

export function judgeBars(bars: readonly Bar[], facts: Facts): Verdict[] {
  return bars.map(({ measure, ...bar }) => {
    const value = measure(facts);
    const isKept = value !== undefined && Number.isFinite(value) && compare[bar.is](value, bar.bar);
    return { ...bar, value: value ?? null, isKept };
  });
}

/** @param isVoid the run says nothing, so a value is neither kept nor missed */
export function inWords(verdict: Verdict, isVoid = false): string {
  const { what, unit, is, bar, value, isKept } = verdict;
  const mark = isVoid ? '–' : isKept ? '✔' : '✖';
  return `${mark} ${what} ${is} ${bar} ${unit}: ${value === null ? 'not measured' : amount(value, unit)}`;
}

export function amount(value: number, unit: Bar['unit']): string {
  if (value === Number.POSITIVE_INFINITY) return 'never';
  const digits = unit === 'ms' || value > 100 ? 1 : unit === 's' ? 2 : 3;
  return `${Number(value.toFixed(digits))} ${unit}`;
}

const compare: Readonly<Record<Bar['is'], (value: number, bar: number) => boolean>> = {
  '<': (value, bar) => value < bar,
  '≤': (value, bar) => value <= bar,
  '>': (value, bar) => value > bar,
  '≥': (value, bar) => value >= bar,
};
