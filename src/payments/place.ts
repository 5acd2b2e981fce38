// One admitted request's place among those in flight, from its headers to its answer. The place is
// kept while the core works, also when the caller has gone away: the work goes on without him, and a
// limit that forgot it would let the next one in on top.
import type { InFlightLimit } from './in-flight-limit.ts';

/** A body that takes longer gives its place up until it is there: slow senders block nobody. */
const bodyGraceMs = 500;

export interface PlaceOptions {
  readonly limit: InFlightLimit;
  /** The places whose body has not arrived, oldest first. */
  readonly awaited: Set<Place>;
  readonly nowMs: () => number;
}

export class Place {
  readonly #limit: InFlightLimit;
  readonly #awaited: Set<Place>;
  readonly #enteredAtMs: number;
  #state: 'awaits body' | 'yielded' | 'works' | 'left' = 'awaits body';

  constructor({ limit, awaited, nowMs }: PlaceOptions) {
    this.#limit = limit;
    this.#awaited = awaited;
    this.#enteredAtMs = nowMs();
    limit.enter();
    awaited.add(this);
  }

  /** Does the request's work in this place; work that throws did not complete in the core. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state === 'yielded') this.#limit.enter();
    this.#awaited.delete(this);
    this.#state = 'works';
    let completed = false;
    try {
      const result = await work();
      completed = true;
      return result;
    } finally {
      this.#state = 'left';
      this.#limit.leave(completed);
    }
  }

  /** The request ended; without effect once its work has begun. */
  leaveUnused(): void {
    if (this.#state === 'works' || this.#state === 'left') return;
    if (this.#state === 'awaits body') this.#limit.leave(false);
    this.#awaited.delete(this);
    this.#state = 'left';
  }

  /** Gives the place up when the body is late; false: it is not, nor are the younger ones. */
  yieldWhenSlow(nowMs: number): boolean {
    if (nowMs - this.#enteredAtMs < bodyGraceMs) return false;
    this.#awaited.delete(this);
    this.#state = 'yielded';
    this.#limit.leave(false);
    return true;
  }
}
