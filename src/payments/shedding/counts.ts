// What became of transfer requests and of transfers: the same numbers for /metrics and for the
// load-shedding statistics. A request that was offered is admitted or refused, never both: one that was let
// in and then found no time or no way left counts as refused, as its caller sees it.
import type { Metrics } from '../../platform/metrics.ts';
import {
  byClass,
  trafficClasses,
  type ByClass,
  type TrafficClass,
} from '../../platform/pressure/traffic-class.ts';

/**
 * `deadline`: the caller's time was over. `pressure`: this process is at its limits. `inFlight`: too
 * many are under way. `rate`: the ceiling. `quota`: the client's own. `queue`: admitted, but the way to
 * the core was full.
 */
const shedReasons = ['deadline', 'pressure', 'inFlight', 'rate', 'quota', 'queue'] as const;
export type ShedReason = (typeof shedReasons)[number];
export type ByReason<T> = Readonly<Record<ShedReason, T>>;

/** `shed`: not begun, in a batch of which something was. `failed`: nobody knows. */
type Outcome = 'posted' | 'refused' | 'replayed' | 'failed' | 'shed';

export class TransferCounts {
  readonly offeredByClass: ByClass<number>;
  readonly shedByClass: ByClass<ByReason<number>>;
  readonly #offered: Record<TrafficClass, number>;
  /** Of the admitted, those that have ended: a counter may not fall when one is refused after all. */
  readonly #served: Record<TrafficClass, number>;
  readonly #shed: ByClass<Record<ShedReason, number>>;
  readonly #outcomeMetric: (outcome: Outcome, count: number) => void;

  constructor(metrics: Metrics) {
    this.#offered = byClass(() => 0);
    this.#served = byClass(() => 0);
    this.#shed = byClass(() => byReason(() => 0));
    this.offeredByClass = this.#offered;
    this.shedByClass = this.#shed;
    const outcomes = metrics.counter('transfers_total', 'Transfers by outcome', ['outcome']);
    this.#outcomeMetric = (outcome, count) => outcomes.inc({ outcome }, count);
    metrics.totals('offered_total', 'Requests that came', ['class'], () =>
      trafficClasses.map((kind) => [{ class: kind }, this.#offered[kind]]),
    );
    metrics.totals('admitted_total', 'Requests admitted, once they have ended', ['class'], () =>
      trafficClasses.map((kind) => [{ class: kind }, this.#served[kind]]),
    );
    metrics.totals('shed_total', 'Requests refused as overload', ['class', 'reason'], () =>
      trafficClasses.flatMap((kind) =>
        shedReasons.map((reason) => [{ class: kind, reason }, this.#shed[kind][reason]] as const),
      ),
    );
  }

  /** Those under way among them. */
  get admittedByClass(): ByClass<number> {
    return byClass((kind) => this.#offered[kind] - sum(Object.values(this.#shed[kind])));
  }

  offered(kind: TrafficClass): void {
    this.#offered[kind] += 1;
  }

  served(kind: TrafficClass): void {
    this.#served[kind] += 1;
  }

  shed(kind: TrafficClass, reason: ShedReason): void {
    this.#shed[kind][reason] += 1;
  }

  decided(outcome: Outcome, count = 1): void {
    this.#outcomeMetric(outcome, count);
  }
}

export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

export function byReason<T>(of: (reason: ShedReason) => T): Record<ShedReason, T> {
  return Object.fromEntries(shedReasons.map((reason) => [reason, of(reason)])) as Record<
    ShedReason,
    T
  >;
}
