// How many transfers may be under way at once, by Little's law: what completes in a second while
// the limit is full, times the latency aimed at, plus one so that it can grow. A slow core thus
// shortens the queue in front of it instead of lengthening everybody's wait.
//
// While the limit is full all the time, limit / (mean latency) is what completes in a second. The
// mean latency is measured (time in flight, summed, by completion) and not the window's completions
// alone: a burst that fills the limit for 5 ms of a 250 ms window would else look like a slow core.
//
// All classes count against one number, but each sees a limit of its own. What the critical class has in
// flight above the limit lengthens the mean latency, and so takes room from the others, not from the aim.
//
// What arrived in a pause of this process is read all at once after it, often before the answers of the
// core that make room: for the time of the target there is more room, by what a running process would
// have completed in the pause, and at most by the limit again.
import { windowMs } from '../../platform/pressure/pressure.ts';
import type { Clock } from '../../platform/pressure/running-clock.ts';
import { byClass, type ByClass, type TrafficClass } from '../../platform/pressure/traffic-class.ts';

export interface InFlightLimitOptions {
  readonly start: number;
  readonly max: number;
  readonly targetMs: number;
  /** Stands still while this process does: a pause of ours says nothing of the core. */
  readonly clock: Pick<Clock, 'nowMs' | 'pause'>;
}

/** Below this a limit can no longer tell a slow core from a few slow transfers. */
const limitMin = 4;
/** Of the limit: so nobody who is admitted waits for much more than twice the target. */
const shareOf: ByClass<number> = { critical: 2, normal: 1, bulk: 0.5 };
/** A slow core leaves at least so much room above the others' limit, since arrivals come in bunches: with 16
 * one bunch of 19 in 100 ms was refused in part, at half of the capacity (`bench -- overload`). */
const criticalRoomMin = 48;

export class InFlightLimit {
  readonly #start: number;
  readonly #max: number;
  readonly #min: number;
  readonly #targetMs: number;
  readonly #clock: Pick<Clock, 'nowMs' | 'pause'>;
  #limit: number;
  #inFlight = 0;
  #resting = 0;
  #short = false;
  #completed = 0;
  #inFlightMs = 0;
  #countedAtMs: number;
  #beganAtMs: number;
  #meanMs: number | undefined;

  constructor({ start, max, targetMs, clock }: InFlightLimitOptions) {
    this.#max = max;
    this.#start = Math.min(start, max);
    this.#min = Math.min(limitMin, this.#start);
    this.#targetMs = targetMs;
    this.#clock = clock;
    this.#limit = this.#start;
    this.#countedAtMs = clock.nowMs();
    this.#beganAtMs = this.#countedAtMs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** That of the normal class. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  get limits(): ByClass<number> {
    return byClass((kind) => this.limitOf(kind));
  }

  /** Completions a second that this limit makes room for at the latency aimed at. */
  get perSecond(): number {
    return (this.#limit * 1_000) / this.#targetMs;
  }

  get targetMs(): number {
    return this.#targetMs;
  }

  /** Of the last window in which something completed. */
  get meanMs(): number | undefined {
    return this.#meanMs;
  }

  limitOf(kind: TrafficClass): number {
    const limit = this.#limit + this.#roomAfterPause();
    const share = limit * shareOf[kind];
    const own = kind === 'critical' ? Math.max(share, limit + criticalRoomMin) : share;
    return Math.max(1, Math.floor(Math.min(own, this.#max)));
  }

  full(kind: TrafficClass): boolean {
    return this.#inFlight >= this.limitOf(kind);
  }

  /** Somebody wanted more than there was room for. */
  wasShort(): void {
    this.#short = true;
  }

  /** Counts more in flight; whether there is room is asked by `full`. */
  enter(transfers = 1): void {
    this.#count();
    this.#inFlight += transfers;
    if (this.#inFlight >= this.limit) this.#short = true;
  }

  /** So many more (or fewer, below 0) of those in flight wait for tokens: their time says nothing of the core. */
  rest(transfers: number): void {
    this.#count();
    this.#resting += transfers;
  }

  /** `completed`: the core decided them. What failed before says nothing of its speed. */
  leave(transfers: number, completed: boolean): void {
    this.#count();
    this.#inFlight -= transfers;
    if (completed) this.#completed += transfers;
  }

  /**
   * To be called every `windowMs`. Ends a window: moves the limit half-way when it was short, back when nothing goes on. One that has
   * seen too little to judge by goes on instead: this process has slept through the most of it, or …
   */
  endWindow(): void {
    this.#count();
    if (this.#countedAtMs - this.#beganAtMs < windowMs / 2) return;
    // … nothing has come back yet, and nothing has taken longer than it should.
    if (this.#completed === 0 && this.#inFlightMs < this.#inFlight * this.#targetMs) return;
    this.#beganAtMs = this.#countedAtMs;
    if (this.#completed > 0) this.#meanMs = this.#inFlightMs / this.#completed;
    if (this.#short) {
      const wanted = this.#completed === 0 ? 1 : (this.#limit / this.#meanMs!) * this.#targetMs + 1;
      const next = (this.#limit + Math.min(wanted, this.#max)) / 2;
      this.#limit = Math.max(this.#min, Math.min(this.#max, next));
    } else if (this.#inFlight === 0) {
      // Else the first burst after a quiet hour would meet the limit of the last bad minute.
      this.#limit = this.#start;
    }
    this.#short = this.#inFlight >= this.limit;
    this.#completed = 0;
    this.#inFlightMs = 0;
  }

  #roomAfterPause(): number {
    const { ms, endedAtMs } = this.#clock.pause;
    if (ms === 0 || this.#clock.nowMs() - endedAtMs > this.#targetMs) return 0;
    return Math.min(this.#limit, (this.perSecond * ms) / 1_000);
  }

  #count(): void {
    const nowMs = this.#clock.nowMs();
    this.#inFlightMs += (this.#inFlight - this.#resting) * (nowMs - this.#countedAtMs);
    this.#countedAtMs = nowMs;
  }
}
