// One admitted request's place among those in flight, from its headers to its answer. The place is
// kept while the core works, also when the caller has gone away: the work goes on without him, and a
// limit that forgot it would let the next one in on top.
//
// A batch goes to the core in shares, each as large as there is room for: a thousand transfers at once
// would keep everybody else waiting for the time that a thousand take.
import type { ShedReason } from './counts.ts';
import type { InFlightLimit } from './in-flight-limit.ts';
import { Shed } from './shed.ts';
import type { TrafficClass } from '../../platform/pressure/traffic-class.ts';

/** A body that takes longer gives its place up until it is there: slow senders block nobody. */
const bodyGraceMs = 500;
/** However full it is, a batch that was admitted goes on in shares of this size. */
const shareMin = 8;

export interface PlaceOptions {
  readonly limit: InFlightLimit;
  readonly kind: TrafficClass;
  /** The places whose body has not arrived, oldest first. */
  readonly awaited: Set<Place>;
  readonly nowMs: () => number;
  /** Called once, with the reason when it was refused after all. */
  readonly ended: (shed?: ShedReason) => void;
}

export class Place {
  readonly kind: TrafficClass;
  readonly #limit: InFlightLimit;
  readonly #awaited: Set<Place>;
  readonly #ended: PlaceOptions['ended'];
  readonly #enteredAtMs: number;
  #state: 'awaits body' | 'yielded' | 'works' | 'left' = 'awaits body';
  #counted = false;

  constructor({ limit, kind, awaited, nowMs, ended }: PlaceOptions) {
    this.kind = kind;
    this.#limit = limit;
    this.#awaited = awaited;
    this.#ended = ended;
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
    let shed: ShedReason | undefined;
    try {
      const result = await work();
      completed = true;
      return result;
    } catch (error) {
      if (error instanceof Shed) shed = error.reason;
      throw error;
    } finally {
      this.#state = 'left';
      this.#limit.leave(1, completed && !this.#counted);
      this.#ended(shed);
    }
  }

  /** Within `during`: how many of `wanted` transfers there is room for; some there always is. */
  roomFor(wanted: number): number {
    const limit = this.#limit;
    const room = 1 + limit.limitOf(this.kind) - limit.inFlight;
    const size = Math.min(wanted, Math.max(shareMin, room));
    if (size < wanted) limit.wasShort();
    return size;
  }

  /**
   * Within `during`: does the work of a share of so many transfers. What completes is counted with each
   * share, so that a long batch does not look like a slow core.
   */
  async share<T>(size: number, work: () => Promise<T>): Promise<T> {
    const limit = this.#limit;
    this.#counted = true;
    // One of them stands in the place that the request has anyway.
    limit.enter(size - 1);
    let completed = false;
    try {
      const result = await work();
      completed = true;
      return result;
    } finally {
      limit.leave(size, completed);
      limit.enter();
    }
  }

  /** Within `during`: waits for something else than the core. */
  async rest(wait: Promise<void>): Promise<void> {
    this.#limit.rest(1);
    try {
      await wait;
    } finally {
      this.#limit.rest(-1);
    }
  }

  /** The request ended; without effect once its work has begun. */
  leaveUnused(): void {
    if (this.#state === 'works' || this.#state === 'left') return;
    if (this.#state === 'awaits body') this.#limit.leave(1, false);
    this.#awaited.delete(this);
    this.#state = 'left';
    this.#ended();
  }

  /** Gives the place up when the body is late; false: it is not, nor are the younger ones. */
  yieldWhenSlow(nowMs: number): boolean {
    if (nowMs - this.#enteredAtMs < bodyGraceMs) return false;
    this.#awaited.delete(this);
    this.#state = 'yielded';
    this.#limit.leave(1, false);
    return true;
  }
}
