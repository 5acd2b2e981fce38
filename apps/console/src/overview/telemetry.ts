// Reading an answer of GET /telemetry: its figures by name, its steps as times, its bars by figure.
import type { Telemetry, TelemetryFigure, TelemetrySlo } from '@atlas/client';
import type { Span } from '../ui/chart-shape.ts';
import { durationText, rateText, shareText } from '../ui/figure-text.ts';

/** Undefined where the gateway is of a version that does not have it. */
export function figureOf({ figures }: Telemetry, name: string): TelemetryFigure | undefined {
  return figures.find((figure) => figure.name === name);
}

export function sloOf({ slos }: Telemetry, name: string | undefined): TelemetrySlo | undefined {
  return slos.find((slo) => slo.name === name);
}

/** A step's value stands at its end; the last step ends with the range. */
export function spanOf({ from, to, stepSeconds, figures }: Telemetry): Span {
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  const steps = figures[0]?.points.length ?? 0;
  const times = Array.from({ length: steps }, (_, step) =>
    Math.min(toMs, fromMs + (step + 1) * stepSeconds * 1_000),
  );
  return { times, fromMs, toMs, gapMs: stepSeconds * 1_500 };
}

export function valuesOf(points: readonly (number | null)[]): (number | undefined)[] {
  return points.map(known);
}

export function known(value: number | null | undefined): number | undefined {
  return value ?? undefined;
}

export const texts: Readonly<
  Record<TelemetryFigure['unit'], (value: number | undefined) => string>
> = {
  'per second': rateText,
  share: shareText,
  ms: durationText,
  count: rateText,
};

/** "≥ 99.9 %", "< 250 ms" */
export function barText({ is, bar, unit }: TelemetrySlo): string {
  return `${is} ${unit === 'ms' ? durationText(bar) : `${bar} %`}`;
}

/** The value of an SLO, in the unit of its bar. */
export function sloText({ unit, value }: TelemetrySlo): string {
  if (value === null) return '–';
  if (unit === 'ms') return durationText(value);
  // What is not quite all is never shown as all, nor what is not quite nothing as nothing.
  const digits = value > 99.9 && value < 100 ? 3 : 2;
  const cut = Math.floor(value * 10 ** digits) / 10 ** digits;
  return `${cut > 0 || value === 0 ? cut : `< ${10 ** -digits}`} %`;
}

/** "0.3×": how fast the allowed failures are used up. */
export function burnText(burn: number | null): string {
  if (burn === null) return '–';
  if (burn === 0) return '0×';
  return burn < 0.05 ? '< 0.1×' : `${burn < 9.95 ? burn.toFixed(1) : Math.round(burn)}×`;
}
