// The arithmetic between series and figures: picks cells out of a history and adds them up.
import type { Cell, History } from '../../contracts/telemetry.ts';
import { secondsBuckets } from '../../platform/metrics.ts';
import { series, type SeriesName } from '../../platform/telemetry/series.ts';
import { sums } from './add-up.ts';

/** A series, or the part of it with these values of its labels. */
export type Term =
  | SeriesName
  | { readonly series: SeriesName; readonly where: Readonly<Record<string, string>> };

export type Points = readonly (number | null)[];

export function cellsOf({ cells }: History, term: Term): Cell[] {
  const { series: name, where = {} } = typeof term === 'string' ? { series: term } : term;
  return cells.filter(
    (cell) =>
      cell.series === name &&
      Object.entries(where).every(([label, value]) => cell.of[label] === value),
  );
}

/** Added up in each step, a gauge of the kind `max` at its highest; null where nothing is known. */
export function pointsOf(history: History, terms: readonly Term[]): Points {
  const cells = terms.flatMap((term) => cellsOf(history, term));
  return history.coveredSeconds.map((_, step) => {
    const known = cells.flatMap((cell) => cell.points[step] ?? []);
    if (known.length === 0) return null;
    const isMax = series[cells[0]!.series as SeriesName].kind === 'max';
    return isMax ? Math.max(...known) : known.reduce((sum, value) => sum + value, 0);
  });
}

/** Over all steps: of counters the increase, of gauges the value times the seconds that it stood. */
export function totalOf(history: History, terms: readonly Term[]): number {
  return terms
    .flatMap((term) => cellsOf(history, term))
    .reduce((total, cell) => {
      const isGauge = series[cell.series as SeriesName].kind === 'sum';
      const worth = (step: number) => (isGauge ? history.coveredSeconds[step]! : 1);
      return cell.points.reduce<number>((sum, value, i) => sum + (value ?? 0) * worth(i), total);
    }, 0);
}

export function bucketsOf(history: History, name: SeriesName, step?: number): readonly number[] {
  return cellsOf(history, name)
    .flatMap(({ buckets = [] }) => (step === undefined ? buckets : [buckets[step] ?? []]))
    .reduce<readonly number[]>(sums, []);
}

/**
 * As Prometheus does it: within a bucket values count as evenly spread, and what is beyond the last bound
 * as being at it. Null: there were none. In seconds.
 */
export function quantile(q: number, buckets: readonly number[]): number | null {
  const count = buckets.reduce((sum, value) => sum + value, 0);
  if (!(count > 0)) return null;
  const rank = q * count;
  let below = 0;
  for (const [i, inside] of buckets.entries()) {
    if (below + inside < rank || inside === 0) {
      below += inside;
      continue;
    }
    const from = secondsBuckets[i - 1] ?? 0;
    const to = secondsBuckets[i];
    return to === undefined ? from : from + ((to - from) * (rank - below)) / inside;
  }
  return secondsBuckets.at(-1)!;
}

/** How many took longer than a bound of the buckets, and how many there were. */
export function slowerThan(
  seconds: number,
  buckets: readonly number[],
): { readonly slower: number; readonly count: number } {
  const bound = secondsBuckets.indexOf(seconds);
  if (bound < 0) throw new RangeError(`${seconds} s is no bound of the buckets`);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return { slower: sum(buckets.slice(bound + 1)), count: sum(buckets) };
}
