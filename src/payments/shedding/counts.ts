// What became of transfer requests and of transfers: the same numbers for /metrics and for the
// load-shedding statistics.
import type { Metrics } from '../../platform/metrics.ts';
import { byClass, trafficClasses, type ByClass, type TrafficClass } from './traffic-class.ts';

/**
 * `deadline`: the caller's time was over. `pressure`: this process is at its limits. `inFlight`: too
 * many are under way. `rate`: the ceiling. `quota`: the client's own. `queue`: admitted, but the way to
 * the core was full.
 */
export const shedReasons = ['deadline', 'pressure', 'inFlight', 'rate', 'quota', 'queue'] as const;
export type ShedReason = (typeof shedReasons)[number];
export type ByReason<T> = Readonly<Record<ShedReason, T>>;

type Outcome = 'posted' | 'refused' | 'replayed' | 'failed';

export class TransferCounts {
  readonly admittedByClass: ByClass<number>;
  readonly shedByClass: ByClass<ByReason<number>>;
  readonly #admitted: Record<TrafficClass, number>;
  readonly #shed: ByClass<Record<ShedReason, number>>;
  readonly #outcomeMetric: (outcome: Outcome, count: number) => void;

  constructor(metrics: Metrics) {
    this.#admitted = byClass(() => 0);
    this.#shed = byClass(() => byReason(() => 0));
    this.admittedByClass = this.#admitted;
    this.shedByClass = this.#shed;
    const outcomes = metrics.counter('transfers_total', 'Transfers by outcome', ['outcome']);
    this.#outcomeMetric = (outcome, count) => outcomes.inc({ outcome }, count);
    metrics.totals('admitted_total', 'Requests admitted', ['class'], () =>
      trafficClasses.map((kind) => [{ class: kind }, this.#admitted[kind]]),
    );
    metrics.totals('shed_total', 'Requests refused as overload', ['class', 'reason'], () =>
      trafficClasses.flatMap((kind) =>
        shedReasons.map((reason) => [{ class: kind, reason }, this.#shed[kind][reason]] as const),
      ),
    );
  }

  get admittedTotal(): number {
    return trafficClasses.reduce((sum, kind) => sum + this.#admitted[kind], 0);
  }

  admitted(kind: TrafficClass): void {
    this.#admitted[kind] += 1;
  }

  shed(kind: TrafficClass, reason: ShedReason): void {
    this.#shed[kind][reason] += 1;
  }

  decided(outcome: Outcome, count = 1): void {
    this.#outcomeMetric(outcome, count);
  }
}

export function byReason<T>(of: (reason: ShedReason) => T): Record<ShedReason, T> {
  return Object.fromEntries(shedReasons.map((reason) => [reason, of(reason)])) as Record<
    ShedReason,
    T
  >;
}
