// The same series out of Prometheus, which has seen also the replicas that are gone, and longer than an
// hour. A counter's increase is its rate in a window that holds at least four scrapes, times the step.
import type { Cell, History, Window } from '../../contracts/telemetry.ts';
import { secondsBuckets } from '../../platform/metrics.ts';
import { forEachAtMost } from '../../platform/for-each-at-most.ts';
import {
  series,
  seriesNames,
  type Series,
  type SeriesName,
} from '../../platform/telemetry/series.ts';
import type { PrometheusApi, Sample } from './prometheus-api.ts';
import { stepMsOf, type ReplicaSeen, type TelemetrySource } from './source.ts';

const queriesAtOnceMax = 8;
/** A week. */
const rangeSecondsMax = 604_800;
/** Every role has it, so it shows which instances of which roles are scraped. */
const everywhere = '{__name__=~"atlas_[a-z]+_http_connections"';

export interface FromPrometheusOptions {
  readonly api: PrometheusApi;
  /** Label matchers without braces, put into every query: `namespace="pay"`. */
  readonly selector: string | undefined;
  readonly scrapeSeconds: number;
  readonly nowMs: () => number;
}

export function fromPrometheus(options: FromPrometheusOptions): TelemetrySource {
  const { api, selector, scrapeSeconds, nowMs } = options;

  async function instances(window: Window): Promise<ReplicaSeen[]> {
    const all = `${everywhere}${selector === undefined ? '' : `,${selector}`}}`;
    const atMs = endOf(window);
    const seconds = Math.ceil((window.steps * window.stepMs) / 1_000);
    const [ever, now] = await Promise.all([
      api.query(`last_over_time(${all}[${seconds}s])`, atMs),
      api.query(all, atMs),
    ]);
    const present = new Set(now.map(nameOf));
    return ever.map((sample) => ({
      node: sample.metric['instance'] ?? '',
      role: (sample.metric['__name__'] ?? '').split('_')[1] ?? '',
      version: null,
      startedAt: null,
      state: present.has(nameOf(sample)) ? 'answered' : 'gone',
    }));
  }

  return {
    rangeSecondsMax,
    windowOf(rangeSeconds) {
      const stepMs = stepMsOf(rangeSeconds, scrapeSeconds * 1_000);
      const toMs = Math.floor(nowMs() / 1_000) * 1_000;
      const steps = Math.max(1, Math.round((rangeSeconds * 1_000) / stepMs));
      return { fromMs: toMs - steps * stepMs, stepMs, steps };
    },
    async read(window) {
      const overSeconds = Math.max(window.stepMs / 1_000, 4 * scrapeSeconds);
      const cells: Cell[] = [];
      const [replicas] = await Promise.all([
        instances(window),
        forEachAtMost(queriesAtOnceMax, seriesNames, async (name) => {
          const query = queryOf(series[name], selector, overSeconds);
          cells.push(...cellsOf(name, await api.queryRange(query, window), window));
        }),
      ]);
      return {
        history: { coveredSeconds: coveredBy(cells, window), cells },
        replicas,
        // What it has scraped of a replica that is gone stays counted.
        complete: true,
      };
    },
  };
}

/** PromQL for one series; exported so that its documentation can be held to it. */
export function queryOf(of: Series, selector: string | undefined, overSeconds: number): string {
  const { metric, kind, by = [], where = {} } = of;
  const matchers = Object.entries(where).map(([label, is]) => `${label}=~${JSON.stringify(is)}`);
  const inside = [...matchers, ...(selector === undefined ? [] : [selector])].join(',');
  const over = `{${inside}}[${overSeconds}s]`;
  const apart = (...more: string[]) => `by (${[...by, ...more].join(', ')})`;
  switch (kind) {
    case 'counter':
      return `sum ${apart()} (rate(${metric}${over}))`;
    case 'histogram':
      return `sum ${apart('le')} (rate(${metric}_bucket${over}))`;
    case 'sum':
      return `sum ${apart()} (avg_over_time(${metric}${over}))`;
    case 'max':
      return `max ${apart()} (max_over_time(${metric}${over}))`;
  }
}

function cellsOf(name: SeriesName, found: readonly Sample[], window: Window): Cell[] {
  const { kind } = series[name];
  const stepSeconds = window.stepMs / 1_000;
  if (kind === 'histogram') return found.length === 0 ? [] : [histogramOf(name, found, window)];
  return found.map(({ metric, values }) => ({
    series: name,
    of: metric,
    points: byStep(values, window).map((value) =>
      value === null || kind !== 'counter' ? value : value * stepSeconds,
    ),
  }));
}

/** Its buckets hold all that is below them; ours only what is not in the one below. */
function histogramOf(name: SeriesName, found: readonly Sample[], window: Window): Cell {
  const bounds = [...secondsBuckets.map(Number), Number.POSITIVE_INFINITY];
  const below = bounds.map((bound) => {
    const own = found.find(({ metric }) => boundOf(metric['le']) === bound);
    return byStep(own?.values ?? [], window);
  });
  const stepSeconds = window.stepMs / 1_000;
  const buckets = Array.from({ length: window.steps }, (_, step) => {
    const counts = below.map(
      (points, i) =>
        Math.max(0, (points[step] ?? 0) - (i === 0 ? 0 : (below[i - 1]![step] ?? 0))) * stepSeconds,
    );
    return counts.some((count) => count > 0) ? counts : [];
  });
  return { series: name, of: {}, points: [], buckets };
}

function boundOf(le: string | undefined): number {
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
}

function byStep(values: Sample['values'], { fromMs, stepMs, steps }: Window): (number | null)[] {
  const points = Array.from({ length: steps }, (): number | null => null);
  for (const [seconds, text] of values) {
    const step = Math.round((seconds * 1_000 - fromMs) / stepMs) - 1;
    const value = Number(text);
    if (step >= 0 && step < steps && Number.isFinite(value)) points[step] = value;
  }
  return points;
}

/** A step is known where any series is. */
function coveredBy(cells: readonly Cell[], { steps, stepMs }: Window): History['coveredSeconds'] {
  return Array.from({ length: steps }, (_, step) =>
    cells.some(({ points }) => typeof points[step] === 'number') ? stepMs / 1_000 : 0,
  );
}

function endOf({ fromMs, stepMs, steps }: Window): number {
  return fromMs + stepMs * steps;
}

function nameOf({ metric }: Sample): string {
  return `${metric['__name__']} ${metric['instance']}`;
}
