// The last hour of a role: every five seconds it looks at those of its own metrics that are in the list
// and keeps by how much the counters and buckets rose and where the gauges stood. Rates and percentiles
// are made of these by whoever asks, over whatever part of the hour and over however many replicas:
// increases can be added up, percentiles cannot.
//
// Every series has a ring of 720 samples for each combination of its labels, of which there are at most
// 64: a number takes eight bytes, so a ring takes 5.8 kB and a histogram, with its 14 buckets, 81 kB.
import type { Registry } from 'prom-client';
import type { Cell, History, Window } from '../../contracts/telemetry.ts';
import { secondsBuckets } from '../metrics.ts';
import { series, roleOf, seriesNames, type Series, type SeriesName } from './series.ts';

export const sampleMs = 5_000;
export const samplesKept = 720;
/** Combinations of labels in a series; what comes after them is added to `other`. */
export const cellsPerSeriesMax = 64;
const buckets = secondsBuckets.length + 1;

export interface HistoryOptions {
  readonly role: string;
  readonly registry: Registry;
  /** ms since 1970. */
  readonly nowMs: () => number;
}

export interface RoleHistory {
  /** Takes the samples that are due; a caller who comes meanwhile waits for the same. */
  sample(): Promise<void>;
  /** Over the steps of the window, with a sample that is due taken before. */
  read(window: Window): Promise<History>;
  /** Of the rings. */
  readonly bytes: number;
}

interface Ring {
  readonly of: Readonly<Record<string, string>>;
  readonly values: Float64Array;
  /** Where the counter, or each bucket, stood at the last sample. */
  readonly last: Float64Array;
}

/** A slot is five seconds by the clock, the same at every replica. */
export function createHistory({ role, registry, nowMs }: HistoryOptions): RoleHistory {
  const kept = seriesNames.filter((name) => roleOf(series[name]) === role);
  const rings = new Map<SeriesName, Map<string, Ring>>(kept.map((name) => [name, new Map()]));
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let sampling: Promise<void> | undefined;

  async function take(): Promise<void> {
    const slot = Math.floor(nowMs() / sampleMs) - 1;
    if (slot <= last) return;
    const found = await Promise.all(kept.map((name) => cellsOf(registry, series[name])));
    const skipped = Math.min(samplesKept, first > last ? 0 : slot - last - 1);
    for (const [i, name] of kept.entries()) {
      const { kind } = series[name];
      const of = rings.get(name)!;
      // Nothing is known of a gauge where this process did not run; a counter has risen since.
      for (const ring of of.values()) {
        for (let back = 0; back <= skipped; back += 1) {
          put(ring, slot - back, isGauge(kind) ? Number.NaN : 0);
        }
      }
      for (const [key, { labels, values }] of found[i]!) {
        const ring = ringOf(of, key, labels, kind);
        if (ring === undefined) continue;
        const at = (slot % samplesKept) * values.length;
        for (const [j, value] of values.entries()) {
          ring.values[at + j] = isGauge(kind) ? value : value - ring.last[j]!;
          ring.last[j] = value;
        }
      }
    }
    first = Math.min(first, slot);
    last = slot;
  }

  const sample = () =>
    (sampling ??= take().finally(() => {
      sampling = undefined;
    }));

  return {
    sample,
    async read(window) {
      await sample();
      const from = Math.round(window.fromMs / sampleMs);
      const perStep = Math.max(1, Math.round(window.stepMs / sampleMs));
      const oldest = Math.max(first, last - samplesKept + 1);
      const steps = Array.from({ length: window.steps }, (_, step) => ({
        from: Math.max(oldest, from + step * perStep),
        to: Math.min(last + 1, from + (step + 1) * perStep),
      }));
      return {
        coveredSeconds: steps.map(({ from, to }) => (Math.max(0, to - from) * sampleMs) / 1_000),
        cells: kept.flatMap((name) =>
          [...rings.get(name)!.values()].map((ring) => cellOf(name, ring, steps)),
        ),
      };
    },
    get bytes() {
      const all = [...rings.values()].flatMap((of) => [...of.values()]);
      return all.reduce((sum, { values }) => sum + values.byteLength, 0);
    },
  };
}

interface Steps {
  readonly from: number;
  readonly to: number;
}

function cellOf(name: SeriesName, ring: Ring, steps: readonly Steps[]): Cell {
  const { kind } = series[name];
  const { of } = ring;
  if (kind === 'histogram') {
    const bucketsOf = (step: Steps) => {
      const sums = Array.from({ length: buckets }, (_, bucket) => sumOf(ring, step, bucket));
      return sums.some((sum) => sum > 0) ? sums : [];
    };
    return { series: name, of, points: [], buckets: steps.map(bucketsOf) };
  }
  if (kind === 'counter') {
    return { series: name, of, points: steps.map((step) => sumOf(ring, step, 0)) };
  }
  return { series: name, of, points: steps.map((step) => levelOf(ring, step, kind)) };
}

/** Plain loops: an operator's look at an hour must not hold the role up. */
function sumOf({ values, last }: Ring, { from, to }: Steps, index: number): number {
  let sum = 0;
  for (let slot = from; slot < to; slot += 1) {
    sum += values[(slot % samplesKept) * last.length + index]!;
  }
  return sum;
}

function levelOf({ values }: Ring, { from, to }: Steps, kind: Series['kind']): number | null {
  let known = 0;
  let sum = 0;
  let highest = 0;
  for (let slot = from; slot < to; slot += 1) {
    const value = values[slot % samplesKept]!;
    if (Number.isNaN(value)) continue;
    known += 1;
    sum += value;
    highest = Math.max(highest, value);
  }
  if (known === 0) return null;
  return kind === 'max' ? highest : sum / known;
}

function put({ values, last }: Ring, slot: number, value: number): void {
  const at = (((slot % samplesKept) + samplesKept) % samplesKept) * last.length;
  values.fill(value, at, at + last.length);
}

function ringOf(
  of: Map<string, Ring>,
  key: string,
  labels: Readonly<Record<string, string>>,
  kind: Series['kind'],
): Ring | undefined {
  const known = of.get(key);
  if (known !== undefined || of.size >= cellsPerSeriesMax) return known;
  const numbers = kind === 'histogram' ? buckets : 1;
  const values = new Float64Array(samplesKept * numbers);
  // It was not there before; a gauge that was not there stood nowhere.
  if (isGauge(kind)) values.fill(Number.NaN);
  const ring = { of: labels, values, last: new Float64Array(numbers) };
  of.set(key, ring);
  return ring;
}

interface Found {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Float64Array;
}

/** What the metric says now, added up over the labels that the series does not keep apart. */
async function cellsOf(registry: Registry, of: Series): Promise<Map<string, Found>> {
  const { metric, kind, by = [], where = {} } = of;
  const wanted = Object.entries(where).map(
    ([label, pattern]) => [label, new RegExp(`^(?:${pattern})$`)] as const,
  );
  const name = metric.replace(/_count$/, '');
  const { values = [] } = (await registry.getSingleMetric(name)?.get()) ?? {};
  const cells = new Map<string, Found>();
  for (const { value, labels, metricName = name } of values as readonly Value[]) {
    if (kind === 'histogram' ? metricName !== `${name}_bucket` : metricName !== metric) continue;
    if (!wanted.every(([label, pattern]) => pattern.test(String(labels[label] ?? '')))) continue;
    const own = Object.fromEntries(by.map((label) => [label, String(labels[label])]));
    const cell = cellAt(cells, own, kind);
    if (kind === 'histogram') addToBuckets(cell.values, labels['le']!, value);
    else
      cell.values[0] = kind === 'max' ? Math.max(cell.values[0]!, value) : cell.values[0]! + value;
  }
  return cells;
}

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

function cellAt(
  cells: Map<string, Found>,
  labels: Readonly<Record<string, string>>,
  kind: Series['kind'],
): Found {
  const key = Object.values(labels).join('\n');
  const known = cells.get(key);
  if (known !== undefined) return known;
  if (cells.size >= cellsPerSeriesMax - 1 && !Object.values(labels).includes('other')) {
    const other = Object.fromEntries(Object.keys(labels).map((label) => [label, 'other']));
    return cellAt(cells, other, kind);
  }
  const cell = { labels, values: new Float64Array(kind === 'histogram' ? buckets : 1) };
  cells.set(key, cell);
  return cell;
}

/** Prometheus' buckets hold all that is below them; ours only what is not in the one below. */
function addToBuckets(values: Float64Array, le: string | number, value: number): void {
  const index = secondsBuckets.indexOf(Number(le));
  const bucket = index < 0 ? secondsBuckets.length : index;
  values[bucket]! += value;
  if (bucket + 1 < values.length) values[bucket + 1]! -= value;
}

function isGauge(kind: Series['kind']): boolean {
  return kind === 'sum' || kind === 'max';
}
