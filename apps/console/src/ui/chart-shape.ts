// The arithmetic of a time chart: a round top for its scale, lines that break where nothing is known, and
// the slices of time of the table that says the same.

/** The times of a chart's values, and the time that it shows. */
export interface Span {
  readonly times: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Values further apart have a gap between them. */
  readonly gapMs: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** The value at the upper edge. */
  readonly top: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly gapMs: number;
}

/** The next of 1, 2, 5, 10, 20, 50 … and never 0: an empty chart has a scale too. */
export function niceTop(most: number): number {
  if (most <= 1) return 1;
  const unit = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * unit).find((top) => top >= most)!;
}

/** The shortest of these spans that reaches back to the first time; longer ago is not drawn. */
export function spanOf(
  times: readonly number[],
  nowMs: number,
  spansMs: readonly number[],
): number {
  const wantedMs = nowMs - (times[0] ?? nowMs);
  return spansMs.find((spanMs) => spanMs >= wantedMs) ?? spansMs.at(-1)!;
}

/** SVG paths: the line, and the area between it and the base. */
export function paths(
  times: readonly number[],
  values: readonly (number | undefined)[],
  { width, height, top, fromMs, toMs, gapMs }: Frame,
): { readonly line: string; readonly area: string } {
  const strokes: string[][] = [];
  let drawnAtMs: number | undefined;
  values.forEach((value, i) => {
    const atMs = times[i]!;
    if (value === undefined || atMs < fromMs) {
      drawnAtMs = undefined;
      return;
    }
    if (drawnAtMs === undefined || atMs - drawnAtMs > gapMs) strokes.push([]);
    const x = round(((atMs - fromMs) / (toMs - fromMs)) * width);
    const y = round(height - (Math.min(value, top) / top) * height);
    strokes.at(-1)!.push(`${x} ${y}`);
    drawnAtMs = atMs;
  });
  return {
    // A value by itself is a dot of the line's width.
    line: strokes.map((points) => `M${points.join('L')}h.1`).join(''),
    area: strokes.map((points) => `${under(points, height)}Z`).join(''),
  };
}

function under(points: readonly string[], height: number): string {
  const [first, last] = [points[0]!, points.at(-1)!].map((point) => point.split(' ')[0]);
  return `M${first} ${height}L${points.join('L')}L${last} ${height}`;
}

export interface Slice {
  readonly fromMs: number;
  /** Of the times: from `first` up to, and without, `end`. */
  readonly first: number;
  readonly end: number;
}

/** Times fall into slices that begin at whole multiples of `sliceMs`; newest first. */
export function slices(times: readonly number[], sliceMs: number): Slice[] {
  const found: Slice[] = [];
  times.forEach((atMs, i) => {
    const fromMs = Math.floor(atMs / sliceMs) * sliceMs;
    const first = found[0]?.fromMs === fromMs ? found.shift()!.first : i;
    found.unshift({ fromMs, first, end: i + 1 });
  });
  return found;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

export function mean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}

export function most(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
