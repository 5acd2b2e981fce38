// A clock that stands still while this process does. A garbage collection or a blocked loop stops the
// process, not those it waits for: time measured across it would be blamed on them, and a database that
// is as fast as ever would look slow to whoever has just woken up.
//
// It is looked at once a tick at least, so a longer gap between two looks is a pause, whoever looks
// first after it: what was waiting in a socket is often read before the next timer runs.
//
// A process that stands still for longer than it runs is starved: it has too little processor, or too much to
// do in each turn of its loop. That is what its callers wait for, and so its time goes on over such gaps; what
// one of them lasts beyond that is a pause even then.

/** The loop looks this often. */
export const tickMs = 20;
/** A timer may be late by so much without anybody having been stopped. */
const slackMs = 30;
/** A process that lately stood still for so much longer than it ran is starved. */
const starvedMs = 250;
/** A longer gap is no want of processor: a quota is given anew each tenth of a second. */
const gapMsMax = 200;
/** Of all, so that it has soon run for long enough. */
const stoodMsMax = 500;

export interface RunningClockOptions {
  /** Monotonic. */
  readonly nowMs: () => number;
}

export interface Pause {
  readonly ms: number;
  /** By this clock; long ago when there was none. */
  readonly endedAtMs: number;
}

export interface Clock {
  readonly nowMs: () => number;
  /** The last one. */
  readonly pause: Pause;
  /** Of all pauses so far. */
  readonly pausedMs: number;
  /** It stands still for longer than it runs. */
  readonly starved: boolean;
}

export class RunningClock implements Clock {
  readonly #nowMs: () => number;
  #lookedAtMs: number;
  #pausedMs = 0;
  /** How much longer it stood still lately than it ran. */
  #stoodMs = 0;
  #last: Pause = { ms: 0, endedAtMs: Number.NEGATIVE_INFINITY };

  constructor({ nowMs }: RunningClockOptions) {
    this.#nowMs = nowMs;
    this.#lookedAtMs = nowMs();
  }

  /** Milliseconds without the pauses. To be called every `tickMs` by a timer. */
  nowMs = (): number => {
    const nowMs = this.#nowMs();
    const sinceMs = nowMs - this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    if (sinceMs > tickMs + slackMs) this.#stoodStill(sinceMs - tickMs, nowMs);
    else this.#stoodMs = Math.max(0, this.#stoodMs - sinceMs);
    return nowMs - this.#pausedMs;
  };

  #stoodStill(ms: number, nowMs: number): void {
    const starvedOf = Math.min(ms, gapMsMax);
    const pauseMs = this.#stoodMs < starvedMs ? ms : ms - starvedOf;
    if (pauseMs > 0) {
      this.#pausedMs += pauseMs;
      this.#last = { ms: pauseMs, endedAtMs: nowMs - this.#pausedMs };
    }
    this.#stoodMs = Math.min(stoodMsMax, this.#stoodMs + starvedOf);
  }

  get starved(): boolean {
    this.nowMs();
    return this.#stoodMs >= starvedMs;
  }

  get pausedMs(): number {
    this.nowMs();
    return this.#pausedMs;
  }

  get pause(): Pause {
    this.nowMs();
    return this.#last;
  }
}
