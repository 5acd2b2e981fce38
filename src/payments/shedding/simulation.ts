// A core as a queue with one server, and callers of every class who come at random, in simulated time:
// what the limiters do over minutes is seen in milliseconds, and the same on every machine.
import { windowMs } from '../../platform/pressure/pressure.ts';
import { InFlightLimit } from './in-flight-limit.ts';
import type { TrafficClass } from '../../platform/pressure/traffic-class.ts';

export interface SimulationOptions {
  readonly start: number;
  readonly max: number;
  readonly targetMs: number;
  readonly capacityPerSecond: number;
  readonly offeredPerSecond: number;
  /** The part of the offered that is critical. */
  readonly criticalPart?: number;
  readonly deadlineMs?: number;
}

/** Of some time. */
export interface Figures {
  /** Served within the deadline. */
  readonly goodPerSecond: number;
  readonly p99Ms: number;
  /** Of the critical requests offered, those served within the deadline. */
  readonly criticalGood: number;
}

interface Waiting {
  readonly cameAtMs: number;
  readonly kind: TrafficClass;
}

const stepMs = 0.25;

export class Simulation {
  readonly limit: InFlightLimit;
  capacityPerSecond: number;
  offeredPerSecond: number;
  readonly #criticalPart: number;
  readonly #deadlineMs: number;
  readonly #random = seeded(7);
  readonly #queue: Waiting[] = [];
  #latenciesMs: number[] = [];
  #critical = { offered: 0, good: 0 };
  #nowMs = 0;
  #nextArrivalMs = 0;
  #nextWindowMs = windowMs;
  #done = 0;

  constructor(options: SimulationOptions) {
    const clock = { nowMs: () => this.#nowMs, pause: { ms: 0, endedAtMs: 0 } };
    this.limit = new InFlightLimit({ ...options, clock });
    this.capacityPerSecond = options.capacityPerSecond;
    this.offeredPerSecond = options.offeredPerSecond;
    this.#criticalPart = options.criticalPart ?? 0;
    this.#deadlineMs = options.deadlineMs ?? Infinity;
  }

  /** Goes on for some time; the figures are of this time alone. */
  run(forMs: number): Figures {
    this.#latenciesMs = [];
    this.#critical = { offered: 0, good: 0 };
    for (const endMs = this.#nowMs + forMs; this.#nowMs < endMs;) {
      this.#nowMs += stepMs;
      this.#arrive();
      this.#serve();
      if (this.#nowMs >= this.#nextWindowMs) {
        this.limit.endWindow();
        this.#nextWindowMs += windowMs;
      }
    }
    const latenciesMs = this.#latenciesMs.sort((a, b) => a - b);
    const good = latenciesMs.filter((ms) => ms <= this.#deadlineMs).length;
    return {
      goodPerSecond: (good * 1_000) / forMs,
      p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Infinity,
      criticalGood: this.#critical.good / this.#critical.offered,
    };
  }

  #arrive(): void {
    while (this.#nextArrivalMs <= this.#nowMs) {
      this.#nextArrivalMs += (-Math.log(1 - this.#random()) * 1_000) / this.offeredPerSecond;
      const kind = this.#random() < this.#criticalPart ? 'critical' : 'normal';
      if (kind === 'critical') this.#critical.offered += 1;
      if (this.limit.full(kind)) {
        this.limit.wasShort();
        continue;
      }
      this.limit.enter();
      this.#queue.push({ cameAtMs: this.#nowMs, kind });
    }
  }

  #serve(): void {
    this.#done += (this.capacityPerSecond * stepMs) / 1_000;
    while (this.#done >= 1 && this.#queue.length > 0) {
      this.#done -= 1;
      const { cameAtMs, kind } = this.#queue.shift()!;
      const tookMs = this.#nowMs - cameAtMs;
      this.#latenciesMs.push(tookMs);
      if (kind === 'critical' && tookMs <= this.#deadlineMs) this.#critical.good += 1;
      this.limit.leave(1, true);
    }
    // An idle server saves no work up for later.
    if (this.#queue.length === 0) this.#done = Math.min(this.#done, 1);
  }
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
