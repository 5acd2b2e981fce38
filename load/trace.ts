// A day (or any time) of real demand from a file, played in the time of the run: only its form counts,
// its highest moment becomes the rate that is asked for.
import { readFile } from 'node:fs/promises';
import type { RateOverTime, Shape } from './shapes.ts';

const rowsMax = 100_000;

interface Point {
  readonly atSeconds: number;
  readonly perSecond: number;
}

/**
 * Reads `seconds,perSecond`, a row for each moment, in order of time; between two moments the rate
 * changes evenly.
 * @param perSecond what the highest row becomes
 * @throws Error with one line that names the file and the row
 */
export async function readTrace(
  file: string,
  { perSecond, seconds }: RateOverTime,
): Promise<Shape> {
  const points = parse(file, await readFile(file, 'utf8'));
  const first = points[0]!.atSeconds;
  const span = points.at(-1)!.atSeconds - first;
  const highest = Math.max(...points.map((point) => point.perSecond));
  return {
    name: 'trace',
    seconds,
    peakPerSecond: perSecond,
    perSecondAt(at) {
      const place = first + (at / seconds) * span;
      return (perSecond * between(points, place)) / highest;
    },
    phases: [{ name: 'trace', fromSeconds: 0, toSeconds: seconds }],
  };
}

function between(points: readonly Point[], atSeconds: number): number {
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.atSeconds <= atSeconds) low = middle;
    else high = middle;
  }
  const [a, b] = [points[low]!, points[high]!];
  const share = Math.min(1, Math.max(0, (atSeconds - a.atSeconds) / (b.atSeconds - a.atSeconds)));
  return a.perSecond + (b.perSecond - a.perSecond) * share;
}

function parse(file: string, text: string): Point[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const wrong = (row: number, what: string) => new Error(`${file}, row ${row}: ${what}`);
  if (lines[0]?.trim() !== 'seconds,perSecond') {
    throw wrong(1, 'the header must be seconds,perSecond');
  }
  if (lines.length > rowsMax + 1) throw wrong(rowsMax + 2, `at most ${rowsMax} rows are read`);
  const points = lines.slice(1).map((line, index) => {
    const [atSeconds, perSecond, ...more] = line
      .split(',')
      .map((cell) => (/^\s*\d+(\.\d+)?\s*$/.test(cell) ? Number(cell) : Number.NaN));
    if (!(atSeconds! >= 0) || !(perSecond! >= 0) || more.length > 0) {
      throw wrong(index + 2, 'two numbers are needed, neither below 0');
    }
    return { atSeconds: atSeconds!, perSecond: perSecond! };
  });
  for (const [index, { atSeconds }] of points.entries()) {
    if (index > 0 && atSeconds <= points[index - 1]!.atSeconds) {
      throw wrong(index + 2, 'its time must be later than that of the row before');
    }
  }
  if (points.length < 2) throw wrong(lines.length, 'at least two rows are needed');
  if (points.every(({ perSecond }) => perSecond === 0)) throw wrong(2, 'all rates are 0');
  return points;
}
