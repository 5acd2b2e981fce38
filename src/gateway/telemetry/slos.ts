// What the platform promises (docs/telemetry.md says how each is meant), as data, and how a time did
// against it. The burn rate is how fast the allowed failures are used up: at 1 exactly as fast as they are
// allowed, at 10 an hour costs what ten may. What is of requests needs some of them: one cold read among four
// is a quarter, and no reason to wake anybody. Those that are missing count as good, so a handful is too few to
// be kept, while failures that would be too many also among enough break it at once.
import type { History } from '../../contracts/telemetry.ts';
import type { SeriesName } from '../../platform/telemetry/series.ts';
import { metricsOf, rounded } from './figures.ts';
import { bucketsOf, quantile, slowerThan, totalOf, type Term } from './terms.ts';

interface Promised {
  readonly name: string;
  readonly what: string;
  readonly is: '<' | '>' | '≥';
  readonly bar: number;
  readonly unit: '%' | 'ms';
  /** So many requests it takes to judge; undefined for a promise about time, of which there always is enough. */
  readonly eventsMin?: number;
}

interface OfGood extends Promised {
  readonly good: readonly Term[];
  readonly of: readonly Term[];
}

interface OfBad extends Promised {
  readonly bad: readonly Term[];
  readonly of: readonly Term[];
}

/** 99 of 100 have to be faster than the bar. */
interface OfTime extends Promised {
  readonly p99Of: SeriesName;
}

export type Slo = OfGood | OfBad | OfTime;

export const slos: readonly Slo[] = [
  {
    name: 'availability',
    what: 'The gateway found payments, ledger and realtime ready, with their engines',
    is: '≥',
    bar: 99.9,
    unit: '%',
    good: [{ series: 'gateway.checks', where: { result: 'ready' } }],
    of: ['gateway.checks'],
  },
  {
    name: 'errors',
    what: 'Requests answered with internal or unavailable',
    is: '<',
    bar: 0.5,
    unit: '%',
    eventsMin: 500,
    bad: ['transfers.failed', 'reads.failed', 'gateway.failed'],
    of: ['transfers.answered', 'reads.answered', 'gateway.failed'],
  },
  {
    name: 'balance p99',
    what: '99 of 100 balance reads were answered within this',
    is: '<',
    bar: 250,
    unit: 'ms',
    eventsMin: 200,
    p99Of: 'reads.seconds',
  },
  {
    name: 'hit ratio',
    what: 'Balance reads that the cache answered',
    is: '>',
    bar: 80,
    unit: '%',
    eventsMin: 200,
    good: ['cache.hits'],
    of: ['cache.hits', 'cache.misses', 'cache.bypasses'],
  },
  {
    name: 'shed',
    what: 'Requests refused as overload',
    is: '<',
    bar: 5,
    unit: '%',
    eventsMin: 200,
    bad: ['transfers.shed', 'reads.shed', 'gateway.shed'],
    of: ['transfers.offered', 'reads.answered', 'reads.shed', 'gateway.shed'],
  },
  {
    name: 'change to screen p99',
    what: '99 of 100 changes were written to a connection within this after their commit',
    is: '<',
    bar: 1_000,
    unit: 'ms',
    eventsMin: 200,
    p99Of: 'hub.waySeconds',
  },
  {
    name: 'socket uptime',
    what: 'The part of the connections’ time in which their replica heard the event log',
    is: '≥',
    bar: 99.9,
    unit: '%',
    good: ['hub.fedConnections'],
    of: ['hub.connections'],
  },
];

export interface Judged extends Omit<Promised, 'eventsMin'> {
  readonly eventsMin: number | null;
  /** Of the range; null for a promise about time. */
  readonly events: number | null;
  /** In the unit of the bar; null: there was nothing. */
  readonly value: number | null;
  readonly state: 'kept' | 'broken' | 'unknown';
  readonly burnRange: number | null;
  readonly burnHour: number | null;
  readonly madeOf: readonly string[];
}

export function judge(range: History, hour: History): Judged[] {
  return slos.map((slo) => {
    const { name, what, is, bar, unit, eventsMin = null } = slo;
    const { count } = tallyOf(slo, range);
    return {
      name,
      what,
      is,
      bar,
      unit,
      eventsMin,
      events: eventsMin === null ? null : Math.round(count),
      value: valueOf(slo, range),
      state: stateOf(slo, range),
      burnRange: burnOf(slo, range),
      burnHour: burnOf(slo, hour),
      madeOf: metricsOf('p99Of' in slo ? [slo.p99Of] : slo.of),
    };
  });
}

function stateOf(slo: Slo, range: History): Judged['state'] {
  const burn = burnOf(slo, range);
  if (burn === null) return 'unknown';
  // At the bar exactly, a limit is touched and a minimum is reached.
  const isKept = slo.is === '≥' ? burn <= 1 : burn < 1;
  if (!isKept) return 'broken';
  return tallyOf(slo, range).count < (slo.eventsMin ?? 0) ? 'unknown' : 'kept';
}

function valueOf(slo: Slo, history: History): number | null {
  if ('p99Of' in slo) {
    const seconds = quantile(0.99, bucketsOf(history, slo.p99Of));
    return seconds === null ? null : rounded(seconds * 1_000);
  }
  const { bad, count } = tallyOf(slo, history);
  if (!(count > 0)) return null;
  return rounded(100 * ('good' in slo ? 1 - bad / count : bad / count));
}

function burnOf(slo: Slo, history: History): number | null {
  const { bad, count } = tallyOf(slo, history);
  if (!(count > 0)) return null;
  return rounded(bad / Math.max(count, slo.eventsMin ?? 0) / allowedShare(slo));
}

/** How many failed, and of how many. */
function tallyOf(slo: Slo, history: History): { readonly bad: number; readonly count: number } {
  if ('p99Of' in slo) {
    const { slower, count } = slowerThan(slo.bar / 1_000, bucketsOf(history, slo.p99Of));
    return { bad: slower, count };
  }
  const count = totalOf(history, slo.of);
  const bad =
    'good' in slo ? Math.max(0, count - totalOf(history, slo.good)) : totalOf(history, slo.bad);
  return { bad, count };
}

export function allowedShare(slo: Slo): number {
  if ('p99Of' in slo) return 0.01;
  return ('good' in slo ? 100 - slo.bar : slo.bar) / 100;
}
