// How many transfers may be under way at once, by Little's law: what completes in a second while
// the limit is full, times the latency aimed at, plus one so that it can grow. A slow core thus
// shortens the queue in front of it instead of lengthening everybody's wait.
//
// While the limit is full all the time, limit / (mean latency) is what completes in a second. The
// mean latency is measured (time in flight, summed, by completion) and not the window's completions
// alone: a burst that fills the limit for 5 ms of a 250 ms window would else look like a slow core.

export interface InFlightLimitOptions {
  readonly start: number;
  readonly max: number;
  readonly targetMs: number;
  readonly nowMs: () => number;
}

/** Below this a limit can no longer tell a slow core from a few slow transfers. */
const limitMin = 4;

export class InFlightLimit {
  readonly #start: number;
  readonly #max: number;
  readonly #min: number;
  readonly #targetMs: number;
  readonly #nowMs: () => number;
  #limit: number;
  #inFlight = 0;
  #mostInFlight = 0;
  #completed = 0;
  #inFlightMs = 0;
  #countedAtMs: number;

  constructor({ start, max, targetMs, nowMs }: InFlightLimitOptions) {
    this.#max = max;
    this.#start = Math.min(start, max);
    this.#min = Math.min(limitMin, this.#start);
    this.#targetMs = targetMs;
    this.#nowMs = nowMs;
    this.#limit = this.#start;
    this.#countedAtMs = nowMs();
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Completions a second that this limit makes room for at the latency aimed at. */
  get perSecond(): number {
    return (this.#limit * 1_000) / this.#targetMs;
  }

  get full(): boolean {
    return this.#inFlight >= this.limit;
  }

  /** Counts one more in flight; whether there is room is asked by `full`. */
  enter(): void {
    this.#count();
    this.#inFlight += 1;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
  }

  /** `completed`: the core decided it. A request that failed before says nothing of its speed. */
  leave(completed: boolean): void {
    this.#count();
    this.#inFlight -= 1;
    if (completed) this.#completed += 1;
  }

  /** Ends a window (250 ms): moves the limit half-way when it was full, back when nothing goes on. */
  endWindow(): void {
    this.#count();
    if (this.#mostInFlight >= this.limit) {
      const meanMs = this.#inFlightMs / this.#completed;
      const wanted = this.#completed === 0 ? 1 : (this.#limit / meanMs) * this.#targetMs + 1;
      const next = (this.#limit + Math.min(wanted, this.#max)) / 2;
      this.#limit = Math.max(this.#min, Math.min(this.#max, next));
    } else if (this.#inFlight === 0) {
      // Else the first burst after a quiet hour would meet the limit of the last bad minute.
      this.#limit = this.#start;
    }
    this.#mostInFlight = this.#inFlight;
    this.#completed = 0;
    this.#inFlightMs = 0;
  }

  #count(): void {
    const nowMs = this.#nowMs();
    this.#inFlightMs += this.#inFlight * (nowMs - this.#countedAtMs);
    this.#countedAtMs = nowMs;
  }
}
