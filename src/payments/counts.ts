// What became of transfer requests and of transfers: the same numbers for /metrics and for the
// load-shedding statistics.
import type { Metrics } from '../platform/metrics.ts';

export const transferClasses = ['single', 'batch'] as const;
export type TransferClass = (typeof transferClasses)[number];

/** `queue`: admitted, but the way to the core was full. */
export const shedReasons = ['inFlight', 'rate', 'queue'] as const;
export type ShedReason = (typeof shedReasons)[number];

type Outcome = 'posted' | 'refused' | 'replayed' | 'failed';

export class TransferCounts {
  readonly shedByClass: Readonly<Record<TransferClass, Record<ShedReason, number>>>;
  #admitted = 0;
  readonly #admittedMetric: (kind: TransferClass) => void;
  readonly #shedMetric: (kind: TransferClass, reason: ShedReason) => void;
  readonly #outcomeMetric: (outcome: Outcome, count: number) => void;

  constructor(metrics: Metrics) {
    this.shedByClass = { single: noneShed(), batch: noneShed() };
    const admitted = metrics.counter('admitted_total', 'Requests admitted', ['class']);
    const shed = metrics.counter('shed_total', 'Requests refused as overload', ['class', 'reason']);
    const outcomes = metrics.counter('transfers_total', 'Transfers by outcome', ['outcome']);
    for (const kind of transferClasses) {
      admitted.inc({ class: kind }, 0);
      for (const reason of shedReasons) shed.inc({ class: kind, reason }, 0);
    }
    this.#admittedMetric = (kind) => admitted.inc({ class: kind });
    this.#shedMetric = (kind, reason) => shed.inc({ class: kind, reason });
    this.#outcomeMetric = (outcome, count) => outcomes.inc({ outcome }, count);
  }

  get admittedTotal(): number {
    return this.#admitted;
  }

  admitted(kind: TransferClass): void {
    this.#admitted += 1;
    this.#admittedMetric(kind);
  }

  shed(kind: TransferClass, reason: ShedReason): void {
    this.shedByClass[kind][reason] += 1;
    this.#shedMetric(kind, reason);
  }

  decided(outcome: Outcome, count = 1): void {
    this.#outcomeMetric(outcome, count);
  }
}

function noneShed(): Record<ShedReason, number> {
  return { inFlight: 0, rate: 0, queue: 0 };
}
