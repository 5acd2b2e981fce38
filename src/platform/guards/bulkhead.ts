// Keeps one kind of work from taking the room of all others, as a ship's walls keep one leak from
// sinking it: so much of it at once, so many that wait for their turn, and each of them for so long.
import { oncePassed } from '../pressure/once-passed.ts';

export interface BulkheadOptions {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  /** Of the waits. */
  readonly nowMs?: () => number;
}

/** Gives the place back; only the first call counts. */
export type Leave = () => void;

interface Waiter {
  readonly sinceMs: number;
  take(): void;
}

export class Bulkhead {
  /** May be moved; who is in stays. */
  atOnceMax: number;
  readonly waitingMax: number;
  readonly #nowMs: () => number;
  #running = 0;
  readonly #waiters = new Set<Waiter>();

  constructor({ atOnceMax, waitingMax, nowMs = () => performance.now() }: BulkheadOptions) {
    this.#nowMs = nowMs;
    this.atOnceMax = atOnceMax;
    this.waitingMax = waitingMax;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /** How long the next in turn has waited; 0 when nobody does. */
  get waitedMs(): number {
    const [next] = this.#waiters;
    return next === undefined ? 0 : this.#nowMs() - next.sinceMs;
  }

  /** Neither a place nor room to wait for one. */
  get full(): boolean {
    return this.#running >= this.atOnceMax && this.#waiters.size >= this.waitingMax;
  }

  /** A place now, if there is one; by another limit for what must get through. */
  tryEnter(atOnceMax = this.atOnceMax): Leave | undefined {
    if (this.#running >= atOnceMax) return undefined;
    this.#running += 1;
    return this.#leave();
  }

  /** Waits for a place, first come, first served; undefined when none came in time, or before `signal`, or it is full. */
  async enter(waitMs: number, signal?: AbortSignal): Promise<Leave | undefined> {
    const leave = this.tryEnter();
    if (leave !== undefined || this.full) return leave;
    return new Promise((resolve) => {
      const leaveLine = () => {
        end();
        this.#waiters.delete(waiter);
        resolve(undefined);
      };
      const stop = oncePassed(this.#nowMs, waitMs, leaveLine);
      signal?.addEventListener('abort', leaveLine);
      const end = () => {
        stop();
        signal?.removeEventListener('abort', leaveLine);
      };
      const waiter = {
        sinceMs: this.#nowMs(),
        take: () => {
          end();
          resolve(this.#leave());
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Its place goes to the next who waits. */
  #leave(): Leave {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const [next] = this.#waiters;
      if (next === undefined) {
        this.#running -= 1;
      } else {
        this.#waiters.delete(next);
        next.take();
      }
    };
  }
}
