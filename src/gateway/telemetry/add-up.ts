// Several replicas as one: increases and buckets are added up, and gauges too or the highest is taken.
// Nothing that cannot be added up (a percentile, a ratio) is made before this.
import type { Cell, History } from '../../contracts/telemetry.ts';
import { series, type SeriesName } from '../../platform/telemetry/series.ts';

export function addUp(histories: readonly History[], steps: number): History {
  const cells = new Map<string, Cell>();
  for (const cell of histories.flatMap((history) => history.cells)) {
    // A replica of another version may keep what is not known here.
    if (!(cell.series in series)) continue;
    const key = [cell.series, ...Object.values(cell.of)].join('\n');
    const before = cells.get(key);
    cells.set(key, before === undefined ? cell : together(before, cell));
  }
  return {
    coveredSeconds: Array.from({ length: steps }, (_, step) =>
      Math.max(0, ...histories.map(({ coveredSeconds }) => coveredSeconds[step] ?? 0)),
    ),
    cells: [...cells.values()],
  };
}

function together(a: Cell, b: Cell): Cell {
  const isMax = series[a.series as SeriesName].kind === 'max';
  return {
    series: a.series,
    of: a.of,
    points: a.points.map((value, step) => folded(value, b.points[step] ?? null, isMax)),
    ...(a.buckets === undefined
      ? {}
      : { buckets: a.buckets.map((counts, step) => sums(counts, b.buckets?.[step] ?? [])) }),
  };
}

function folded(a: number | null, b: number | null, isMax: boolean): number | null {
  if (a === null || b === null) return a ?? b;
  return isMax ? Math.max(a, b) : a + b;
}

/** Of two lists as long as each other, or empty. */
export function sums(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return a.map((value, i) => value + (b[i] ?? 0));
}
