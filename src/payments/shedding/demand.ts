// How much is being asked for, and so how long the refused should stay away. Spread evenly over a
// time that grows with the overload, because callers who all wait a second come back all at once. A
// class competes for what the classes above it leave.
import {
  byClass,
  trafficClasses,
  type TrafficClass,
} from '../../platform/pressure/traffic-class.ts';

const windows = 4;
const retryAfterSecondsMin = 2;
export const retryAfterSecondsMax = 30;
/** However much the higher classes ask for, so much of the capacity counts as left. */
const leftPartMin = 0.1;

export interface DemandOptions {
  /** Between 0 and 1, as Math.random. */
  readonly random: () => number;
}

export class Demand {
  readonly #random: () => number;
  readonly #offered = Array.from({ length: windows }, () => byClass(() => 0));
  readonly #perSecond = byClass(() => 0);
  #window = 0;

  constructor({ random }: DemandOptions) {
    this.#random = random;
  }

  offer(kind: TrafficClass): void {
    this.#offered[this.#window]![kind] += 1;
    this.#perSecond[kind] += 1;
  }

  /** Requests in the last second, this quarter of it included. */
  get perSecond(): number {
    return trafficClasses.reduce((sum, kind) => sum + this.perSecondOf(kind), 0);
  }

  perSecondOf(kind: TrafficClass): number {
    return this.#perSecond[kind];
  }

  /** Ends a window of 250 ms: the second is the last four. */
  endWindow(): void {
    this.#window = (this.#window + 1) % windows;
    const over = this.#offered[this.#window]!;
    for (const kind of trafficClasses) {
      this.#perSecond[kind] -= over[kind];
      over[kind] = 0;
    }
  }

  /** Uniform from 1 to twice the overload of the class, within 2 to 30 seconds. */
  retryAfterSeconds(kind: TrafficClass, capacityPerSecond: number): number {
    let taken = 0;
    for (const higher of trafficClasses) {
      if (higher === kind) break;
      taken += this.#perSecond[higher];
    }
    const left = Math.max(capacityPerSecond - taken, capacityPerSecond * leftPartMin);
    const overload = Math.ceil((2 * this.perSecondOf(kind)) / left);
    const longest = Math.min(retryAfterSecondsMax, Math.max(retryAfterSecondsMin, overload));
    return 1 + Math.floor(this.#random() * longest);
  }
}
