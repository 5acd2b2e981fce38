// Everything about one class of traffic: counts, latencies from the scheduled time, and when it was.
import { Latencies, type LatencyFigures } from './latencies.ts';
import { outcomes, type Judged, type Outcome } from './outcomes.ts';
import { SeriesRecorder, type Series } from './series.ts';

export interface ClassFigures {
  /** Arrivals: what customers wanted. */
  readonly offered: number;
  /** Of them, those that were served in the end, with their retries, and within the deadline. */
  readonly served: number;
  readonly good: number;
  /** Requests, retries included. */
  readonly sent: number;
  readonly retries: number;
  /** Requests by what became of them. */
  readonly requests: Readonly<Record<Outcome, number>>;
  /** Requests by status and problem code, or by why there was no answer. */
  readonly codes: Readonly<Record<string, number>>;
  /** From the scheduled time of an arrival to the answer that served it. */
  readonly latency: LatencyFigures;
  /** From when a request was due to its answer, of those that were not shed; and of those that were. */
  readonly admitted: LatencyFigures;
  readonly shed: LatencyFigures;
  /** HDR histogram of `latency` (microseconds; V2, compressed, base64). */
  readonly histogram: string;
  /** One for each length of slot that was asked for. */
  readonly series: readonly Series[];
}

export interface RecorderOptions {
  readonly deadlineMs: number;
  readonly slotsMs: readonly number[];
}

/** All times are milliseconds since the start of the run. */
export class Recorder {
  readonly #deadlineMs: number;
  readonly #series: readonly SeriesRecorder[];
  readonly #latency = new Latencies();
  readonly #admitted = new Latencies();
  readonly #shed = new Latencies();
  readonly #codes = new Map<string, number>();
  readonly #requests = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Record<
    Outcome,
    number
  >;
  offered = 0;
  served = 0;
  good = 0;
  sentCount = 0;
  retries = 0;
  inFlight = 0;

  constructor({ deadlineMs, slotsMs }: RecorderOptions) {
    this.#deadlineMs = deadlineMs;
    this.#series = slotsMs.map((everyMs) => new SeriesRecorder(everyMs));
  }

  get shedCount(): number {
    return this.#requests.shed;
  }

  get failedCount(): number {
    return this.#requests.failed + this.#requests.refused;
  }

  arrived(dueAtMs: number): void {
    this.offered += 1;
    for (const series of this.#series) series.arrived(dueAtMs);
  }

  sent(atMs: number, isRetry: boolean): void {
    this.sentCount += 1;
    if (isRetry) this.retries += 1;
    this.inFlight += 1;
    for (const series of this.#series) series.sent(atMs, isRetry);
  }

  /** @param dueAtMs of this request, not of its first try */
  answered(dueAtMs: number, nowMs: number, { outcome, code }: Judged): void {
    this.inFlight -= 1;
    this.#requests[outcome] += 1;
    this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1);
    (outcome === 'shed' ? this.#shed : this.#admitted).record(nowMs - dueAtMs);
    for (const series of this.#series) series.answered(nowMs, outcome);
  }

  /** @param dueAtMs of the arrival */
  settled(dueAtMs: number, nowMs: number, isServed: boolean): void {
    const latencyMs = nowMs - dueAtMs;
    const isGood = isServed && latencyMs <= this.#deadlineMs;
    if (isServed) {
      this.served += 1;
      this.#latency.record(latencyMs);
    }
    if (isGood) this.good += 1;
    for (const series of this.#series) {
      series.settled(dueAtMs, isServed ? latencyMs : undefined, isGood);
    }
  }

  figures(): ClassFigures {
    return {
      offered: this.offered,
      served: this.served,
      good: this.good,
      sent: this.sentCount,
      retries: this.retries,
      requests: { ...this.#requests },
      codes: Object.fromEntries([...this.#codes].sort(([, a], [, b]) => b - a)),
      latency: this.#latency.figures,
      admitted: this.#admitted.figures,
      shed: this.#shed.figures,
      histogram: this.#latency.encoded,
      series: this.#series.map((series) => series.finish()),
    };
  }
}
