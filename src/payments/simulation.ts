// A core as a queue with one server, and callers who come at random, in simulated time: what the
// limiters do over minutes is seen in milliseconds, and the same on every machine.
import { InFlightLimit, windowMs } from './in-flight-limit.ts';

export interface SimulationOptions {
  readonly start: number;
  readonly max: number;
  readonly targetMs: number;
  readonly capacityPerSecond: number;
  readonly offeredPerSecond: number;
  readonly deadlineMs?: number;
}

const stepMs = 0.25;

export class Simulation {
  readonly limit: InFlightLimit;
  capacityPerSecond: number;
  readonly #offeredPerSecond: number;
  readonly #deadlineMs: number;
  readonly #random = seeded(7);
  readonly #queue: number[] = [];
  #latenciesMs: number[] = [];
  #nowMs = 0;
  #nextArrivalMs = 0;
  #nextWindowMs = windowMs;
  #done = 0;

  constructor(options: SimulationOptions) {
    const clock = { nowMs: () => this.#nowMs, pause: { ms: 0, endedAtMs: 0 } };
    this.limit = new InFlightLimit({ ...options, clock });
    this.capacityPerSecond = options.capacityPerSecond;
    this.#offeredPerSecond = options.offeredPerSecond;
    this.#deadlineMs = options.deadlineMs ?? Infinity;
  }

  /** Goes on for some time; the figures are of this time alone. */
  run(forMs: number): { goodPerSecond: number; p99Ms: number } {
    this.#latenciesMs = [];
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
    };
  }

  #arrive(): void {
    while (this.#nextArrivalMs <= this.#nowMs) {
      this.#nextArrivalMs += (-Math.log(1 - this.#random()) * 1_000) / this.#offeredPerSecond;
      if (this.limit.full('normal')) continue;
      this.limit.enter();
      this.#queue.push(this.#nowMs);
    }
  }

  #serve(): void {
    this.#done += (this.capacityPerSecond * stepMs) / 1_000;
    while (this.#done >= 1 && this.#queue.length > 0) {
      this.#done -= 1;
      this.#latenciesMs.push(this.#nowMs - this.#queue.shift()!);
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
