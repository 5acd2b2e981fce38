// What operators are shown, as data: each figure says of which series it is made and how. The same
// arithmetic serves the roles' own hour and Prometheus.
import type { History } from '../../contracts/telemetry.ts';
import { series, type SeriesName } from '../../platform/telemetry/series.ts';
import {
  bucketsOf,
  cellsOf,
  pointsOf,
  quantile,
  totalOf,
  type Points,
  type Term,
} from './terms.ts';

type Made =
  /** How much the counters rose, a second. */
  | { readonly rate: readonly Term[] }
  /** A part of a whole, by what both rose. */
  | { readonly share: readonly Term[]; readonly of: readonly Term[] }
  /** Of a histogram, in ms. */
  | { readonly quantile: number; readonly series: SeriesName }
  /** Where a gauge stands. */
  | { readonly level: Term };

export interface Figure {
  readonly name: string;
  readonly what: string;
  readonly made: Made;
  /** Whether it is also given for each combination of the series' labels. */
  readonly inParts?: boolean;
}

const outcome = (value: string): Term => ({
  series: 'transfers.outcomes',
  where: { outcome: value },
});
const cacheAsked: readonly Term[] = ['cache.hits', 'cache.misses', 'cache.bypasses'];

export const figures = [
  {
    name: 'transfers.offered',
    what: 'Transfer requests, admitted or not',
    made: { rate: ['transfers.offered'] },
    inParts: true,
  },
  {
    name: 'transfers.admitted',
    what: 'Transfer requests admitted',
    made: { rate: ['transfers.admitted'] },
    inParts: true,
  },
  {
    name: 'transfers.refused',
    what: 'Transfer requests refused as overload',
    made: { rate: ['transfers.shed'] },
    inParts: true,
  },
  {
    name: 'transfers.posted',
    what: 'Transfers posted: goodput',
    made: { rate: [outcome('posted')] },
  },
  {
    name: 'transfers.declined',
    what: 'Transfers that the rules of the book declined',
    made: { rate: [outcome('refused')] },
  },
  {
    name: 'transfers.replayed',
    what: 'Repeats that were answered as the first time',
    made: { rate: [outcome('replayed')] },
  },
  {
    name: 'transfers.errors',
    what: 'Transfer requests answered with internal or unavailable',
    made: { rate: ['transfers.failed'] },
  },
  {
    name: 'transfers.p50',
    what: 'Half of the admitted transfers were answered within',
    made: { quantile: 0.5, series: 'transfers.seconds' },
  },
  {
    name: 'transfers.p99',
    what: '99 of 100 admitted transfers were answered within',
    made: { quantile: 0.99, series: 'transfers.seconds' },
  },
  {
    name: 'commits.p99',
    what: '99 of 100 database transactions were committed within',
    made: { quantile: 0.99, series: 'core.commitSeconds' },
  },
  {
    name: 'reads.answered',
    what: 'Reads that the ledger answered',
    made: { rate: ['reads.answered'] },
    inParts: true,
  },
  {
    name: 'reads.refused',
    what: 'Reads refused as overload',
    made: { rate: ['reads.shed'] },
    inParts: true,
  },
  {
    name: 'reads.errors',
    what: 'Reads answered with internal or unavailable',
    made: { rate: ['reads.failed'] },
  },
  {
    name: 'reads.p50',
    what: 'Half of the balance reads were answered within',
    made: { quantile: 0.5, series: 'reads.seconds' },
  },
  {
    name: 'reads.p99',
    what: '99 of 100 balance reads were answered within',
    made: { quantile: 0.99, series: 'reads.seconds' },
  },
  {
    name: 'gateway.errors',
    what: 'Requests that the gateway itself answered with internal or unavailable: their role was away',
    made: { rate: ['gateway.failed'] },
  },
  {
    name: 'gateway.refused',
    what: 'Requests to payments and the ledger that the gateway itself had no room for',
    made: { rate: ['gateway.shed'] },
  },
  {
    name: 'requests.refusedShare',
    what: 'The part of the requests that was refused as overload',
    made: {
      share: ['transfers.shed', 'reads.shed', 'gateway.shed'],
      of: ['transfers.offered', 'reads.answered', 'reads.shed', 'gateway.shed'],
    },
  },
  {
    name: 'requests.errorShare',
    what: 'The part of the requests that was answered with internal or unavailable',
    made: {
      share: ['transfers.failed', 'reads.failed', 'gateway.failed'],
      of: ['transfers.answered', 'reads.answered', 'gateway.failed'],
    },
  },
  {
    name: 'cache.hitRatio',
    what: 'The part of the balance reads that the cache answered',
    made: { share: ['cache.hits'], of: cacheAsked },
  },
  {
    name: 'cache.saved',
    what: 'Balance reads that cost no query of their own',
    made: { rate: ['cache.saved'] },
  },
  {
    name: 'cache.databaseCalls',
    what: 'Queries for balances',
    made: { rate: ['cache.databaseCalls'] },
  },
  {
    name: 'events.lag',
    what: 'Records that the slowest hub replica has yet to read',
    made: { level: 'hub.lag' },
    inParts: true,
  },
  {
    name: 'events.outbox',
    what: 'Transfers that the relay has yet to publish',
    made: { level: 'core.outbox' },
  },
  { name: 'hub.connections', what: 'Open connections', made: { level: 'hub.connections' } },
  {
    name: 'hub.subscriptions',
    what: 'Accounts watched, for each connection',
    made: { level: 'hub.subscriptions' },
  },
  { name: 'hub.deliveries', what: 'Balance updates sent', made: { rate: ['hub.deliveries'] } },
  {
    name: 'hub.conflated',
    what: 'Updates overtaken before a client took them',
    made: { rate: ['hub.conflated'] },
  },
  {
    name: 'hub.refused',
    what: 'Connections and calls that the hub refused',
    made: { rate: ['hub.refused'] },
    inParts: true,
  },
  {
    name: 'way.p50',
    what: 'Half of the changes were written to a screen within',
    made: { quantile: 0.5, series: 'hub.waySeconds' },
  },
  {
    name: 'way.p99',
    what: '99 of 100 changes were written to a screen within',
    made: { quantile: 0.99, series: 'hub.waySeconds' },
  },
] as const satisfies readonly Figure[];

export const units = ['per second', 'share', 'ms', 'count'] as const;
export type Unit = (typeof units)[number];

export interface Values {
  /** Over the range: a rate, share or percentile of all of it; of a gauge, where it stands now. */
  readonly value: number | null;
  /** In each step; null: nothing is known, or there was nothing to divide. */
  readonly points: Points;
}

export interface Measured extends Values {
  readonly name: string;
  readonly what: string;
  readonly unit: Unit;
  /** The metrics that it is made of. */
  readonly madeOf: readonly string[];
  readonly parts: readonly (Values & { readonly of: Readonly<Record<string, string>> })[];
}

export function measure(history: History): Measured[] {
  return figures.map(({ name, what, made, ...figure }: Figure) => ({
    name,
    what,
    unit: unitOf(made),
    madeOf: metricsOf(seriesOf(made)),
    ...valuesOf(made, history),
    parts: figure.inParts ? partsOf(made, history) : [],
  }));
}

export function metricsOf(terms: readonly Term[]): string[] {
  const names = terms.map((term) => (typeof term === 'string' ? term : term.series));
  return [...new Set(names.map((name) => series[name].metric))];
}

function valuesOf(made: Made, history: History): Values {
  const { coveredSeconds } = history;
  if ('rate' in made) {
    const covered = coveredSeconds.reduce((sum, seconds) => sum + seconds, 0);
    return {
      value: covered === 0 ? null : rounded(totalOf(history, made.rate) / covered),
      points: pointsOf(history, made.rate).map((value, step) =>
        coveredSeconds[step] === 0 ? null : rounded((value ?? 0) / coveredSeconds[step]!),
      ),
    };
  }
  if ('share' in made) {
    const wholes = pointsOf(history, made.of);
    return {
      value: shareOf(totalOf(history, made.share), totalOf(history, made.of)),
      points: pointsOf(history, made.share).map((part, i) => shareOf(part ?? 0, wholes[i] ?? 0)),
    };
  }
  if ('quantile' in made) {
    const ms = (step?: number) => {
      const seconds = quantile(made.quantile, bucketsOf(history, made.series, step));
      return seconds === null ? null : rounded(seconds * 1_000);
    };
    return { value: ms(), points: coveredSeconds.map((_, step) => ms(step)) };
  }
  const points = pointsOf(history, [made.level]).map((value) => value && rounded(value));
  return { value: points.findLast((value) => value !== null) ?? null, points };
}

/** Those that were never anything but zero are left out. */
function partsOf(made: Made, history: History): Measured['parts'] {
  const term = seriesOf(made)[0]!;
  const name = typeof term === 'string' ? term : term.series;
  return cellsOf(history, name).flatMap(({ of }) => {
    const own: Term = { series: name, where: of };
    const values = valuesOf('level' in made ? { level: own } : { rate: [own] }, history);
    const isIdle = !('level' in made) && values.points.every((value) => !value);
    return isIdle ? [] : [{ of, ...values }];
  });
}

function seriesOf(made: Made): readonly Term[] {
  if ('rate' in made) return made.rate;
  if ('share' in made) return made.of;
  return ['quantile' in made ? made.series : made.level];
}

function unitOf(made: Made): Unit {
  if ('rate' in made) return 'per second';
  if ('share' in made) return 'share';
  return 'quantile' in made ? 'ms' : 'count';
}

function shareOf(part: number, whole: number): number | null {
  return whole > 0 ? rounded(part / whole) : null;
}

/** More digits than anybody reads would be half of the answer. */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
