// How much is being asked for, and so how long the refused should stay away. Spread evenly over a
// time that grows with the overload, because callers who all wait a second come back all at once.

const windows = 4;
const retryAfterSecondsMin = 2;
export const retryAfterSecondsMax = 30;

export interface DemandOptions {
  /** Between 0 and 1, as Math.random. */
  readonly random: () => number;
}

export class Demand {
  readonly #random: () => number;
  readonly #offered: number[] = Array.from({ length: windows }, () => 0);
  #window = 0;

  constructor({ random }: DemandOptions) {
    this.#random = random;
  }

  offer(): void {
    this.#offered[this.#window]! += 1;
  }

  /** Requests in the last second, this quarter of it included. */
  get perSecond(): number {
    return this.#offered.reduce((sum, count) => sum + count, 0);
  }

  /** Ends a window of 250 ms: the second is the last four. */
  endWindow(): void {
    this.#window = (this.#window + 1) % windows;
    this.#offered[this.#window] = 0;
  }

  /** Uniform from 1 to twice the overload, within 2 to 30 seconds. */
  retryAfterSeconds(capacityPerSecond: number): number {
    const overload = Math.ceil((2 * this.perSecond) / capacityPerSecond);
    const longest = Math.min(retryAfterSecondsMax, Math.max(retryAfterSecondsMin, overload));
    return 1 + Math.floor(this.#random() * longest);
  }
}
