// A clock that stands still while this process does. A garbage collection or a blocked loop stops the
// process, not those it waits for: time measured across it would be blamed on them, and a database that
// is as fast as ever would look slow to whoever has just woken up.
//
// It is looked at once a tick at least, so a longer gap between two looks is a pause, whoever looks
// first after it: what was waiting in a socket is often read before the next timer runs.

/** The loop looks this often. */
export const tickMs = 20;
/** A timer may be late by so much without anybody having been stopped. */
const slackMs = 30;

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
}

export class RunningClock implements Clock {
  readonly #nowMs: () => number;
  #lookedAtMs: number;
  #pausedMs = 0;
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
    if (sinceMs > tickMs + slackMs) {
      const ms = sinceMs - tickMs;
      this.#pausedMs += ms;
      this.#last = { ms, endedAtMs: nowMs - this.#pausedMs };
    }
    return nowMs - this.#pausedMs;
  };

  get pausedMs(): number {
    this.nowMs();
    return this.#pausedMs;
  }

  get pause(): Pause {
    this.nowMs();
    return this.#last;
  }
}
