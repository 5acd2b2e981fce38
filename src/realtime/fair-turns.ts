// Gives turns to many who want the same few places: each user who waits has one in rotation, however
// many pieces of work wait behind it. So a user with a thousand subscriptions is served like one with
// a single one, and delays nobody but itself.

import { oncePassed } from '../platform/pressure/once-passed.ts';

export interface FairTurnsOptions {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  /** Longest wait for a turn. */
  readonly waitMs: number;
  /** Of the waits. */
  readonly nowMs?: () => number;
}

/** Why there was no turn: too many wait, or it did not come in time. */
export type NoTurn = 'full' | 'late';

interface Waiter {
  begin(): void;
}

export class FairTurns {
  readonly #options: FairTurnsOptions;
  /** Users who wait, the next one first, each with its work in the order of arrival. */
  readonly #users = new Map<string, Set<Waiter>>();
  #running = 0;
  #waiting = 0;

  constructor(options: FairTurnsOptions) {
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Resolves to what `work` does; without a turn, `refuse` makes the error. */
  async run<T>(
    user: string,
    work: () => Promise<T>,
    refuse: (reason: NoTurn) => Error,
  ): Promise<T> {
    const { atOnceMax, waitingMax } = this.#options;
    if (this.#running >= atOnceMax) {
      if (this.#waiting >= waitingMax) throw refuse('full');
      if (!(await this.#turn(user))) throw refuse('late');
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      this.#passOn();
    }
  }

  /** Resolves to whether a turn came in time. */
  #turn(user: string): Promise<boolean> {
    const { waitMs, nowMs = () => performance.now() } = this.#options;
    return new Promise((resolve) => {
      const stop = oncePassed(nowMs, waitMs, () => {
        this.#leave(user, waiter);
        resolve(false);
      });
      const waiter = {
        begin: () => {
          stop();
          resolve(true);
        },
      };
      const own = this.#users.get(user) ?? new Set();
      this.#users.set(user, own.add(waiter));
      this.#waiting += 1;
    });
  }

  /** The place goes to the next user, who then waits behind all others. */
  #passOn(): void {
    const [next] = this.#users;
    if (next === undefined) {
      this.#running -= 1;
      return;
    }
    const [user, own] = next;
    const [waiter] = own;
    this.#leave(user, waiter!);
    if (own.size > 0) {
      this.#users.delete(user);
      this.#users.set(user, own);
    }
    waiter!.begin();
  }

  #leave(user: string, waiter: Waiter): void {
    const own = this.#users.get(user)!;
    own.delete(waiter);
    if (own.size === 0) this.#users.delete(user);
    this.#waiting -= 1;
  }
}
