// Lines over the seconds of a run as inline SVG. Lines differ by colour and by dash, so that they can be
// told apart in print and by everybody; the colours are the page's, for light and dark.
import type { Phase } from '../shapes.ts';
import { escaped, shown } from './html.ts';

export interface Line {
  readonly name: string;
  /** By second; undefined leaves a gap. */
  readonly values: readonly (number | undefined)[];
}

export interface LinePlot {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly isLogarithmic?: boolean;
}

const width = 440;
const height = 230;
const left = 52;
const right = 18;
const top = 22;
const bottom = 26;
const dashes = ['', '7 3', '2 3', '9 3 2 3', '12 4', '4 4'];
const colours = 6;

export function drawPlot(plot: LinePlot, phases: readonly Phase[]): string {
  const seconds = Math.max(1, ...plot.lines.map(({ values }) => values.length - 1));
  const all = plot.lines.flatMap(({ values }) => values.filter((value) => value !== undefined));
  const scale = plot.isLogarithmic ? logarithmic(all) : linear(all);
  const x = (second: number) => left + (second / seconds) * (width - left - right);
  const y = (value: number) => height - bottom - scale.share(value) * (height - top - bottom);
  const parts = [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(describe(plot))}">`,
    ...bands(phases, seconds, x),
    ...scale.ticks.map(
      (tick) =>
        `<line class="grid" x1="${left}" x2="${width - right}" y1="${n(y(tick))}" y2="${n(y(tick))}"/>` +
        `<text class="tick" x="${left - 6}" y="${n(y(tick) + 4)}" text-anchor="end">${shown(tick)}</text>`,
    ),
    ...evenTicks(seconds, 5)
      .filter((tick) => tick <= seconds)
      .map(
        (tick) =>
          `<text class="tick" x="${n(x(tick))}" y="${height - 8}" text-anchor="middle">${tick} s</text>`,
      ),
    ...plot.lines.map(
      ({ values }, index) =>
        `<path class="line c${index % colours}" stroke-dasharray="${dashes[index % dashes.length]}" d="${path(values, x, y)}"/>`,
    ),
    '</svg>',
  ];
  return parts.join('\n');
}

/** What each line is called, with a piece of it. */
export function drawLegend({ lines }: LinePlot): string {
  const items = lines.map(
    ({ name }, index) =>
      `<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="line c${index % colours}" stroke-dasharray="${dashes[index % dashes.length]}" d="M0 4H28"/></svg>${escaped(name)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function describe({ title, unit, lines }: LinePlot): string {
  const highest = lines.map(({ name, values }) => {
    const most = Math.max(0, ...values.filter((value) => value !== undefined));
    return `${name} up to ${shown(most)}`;
  });
  return `${title} (${unit}): ${highest.join(', ')}`;
}

function bands(phases: readonly Phase[], seconds: number, x: (second: number) => number): string[] {
  if (phases.length < 2) return [];
  return phases.flatMap(({ name, fromSeconds, toSeconds }, index) => {
    if (fromSeconds >= seconds) return [];
    const from = x(fromSeconds);
    const to = x(Math.min(seconds, toSeconds));
    return [
      ...(index % 2 === 1
        ? [
            `<rect class="band" x="${n(from)}" y="${top}" width="${n(to - from)}" height="${height - top - bottom}"/>`,
          ]
        : []),
      `<text class="phase" x="${n((from + to) / 2)}" y="14" text-anchor="middle">${escaped(name)}</text>`,
    ];
  });
}

function path(
  values: readonly (number | undefined)[],
  x: (second: number) => number,
  y: (value: number) => number,
): string {
  let text = '';
  let isDrawing = false;
  for (const [second, value] of values.entries()) {
    if (value !== undefined) text += `${isDrawing ? 'L' : 'M'}${n(x(second))} ${n(y(value))}`;
    isDrawing = value !== undefined;
  }
  return text;
}

interface Scale {
  readonly ticks: readonly number[];
  /** 0 at the bottom, 1 at the top. */
  share(value: number): number;
}

function linear(values: readonly number[]): Scale {
  const ticks = evenTicks(Math.max(...values, 0) || 1, 4);
  const most = ticks.at(-1)!;
  return { ticks, share: (value) => value / most };
}

function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0);
  const low = Math.floor(Math.log10(Math.min(...positive, 1)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...positive, 1))));
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    share: (value) => (value <= 0 ? 0 : Math.max(0, (Math.log10(value) - low) / (high - low))),
  };
}

/** From 0, about so many, at round numbers, the last not below `most` where it is a scale's end. */
function evenTicks(most: number, count: number): number[] {
  const rough = most / count;
  const size = 10 ** Math.floor(Math.log10(rough));
  const every = [1, 2, 5, 10].map((times) => times * size).find((each) => each >= rough)!;
  return Array.from({ length: Math.ceil(most / every - 1e-9) + 1 }, (_, index) =>
    Number((index * every).toPrecision(12)),
  );
}

function n(value: number): string {
  return String(Number(value.toFixed(1)));
}
