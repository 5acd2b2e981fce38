// What happened when, in slots of equal length. What becomes of an arrival counts for the slot in which
// it was scheduled, so a stall shows where it began; what passes the wire counts for when it did.
import { Latencies } from './latencies.ts';
import type { Outcome } from './outcomes.ts';

export interface Slot {
  /** By scheduled time: arrivals, those served in the end, and within the deadline. */
  offered: number;
  served: number;
  good: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** By the time they happened: requests sent, retries among them, and answers. */
  sent: number;
  retries: number;
  admitted: number;
  shed: number;
  failed: number;
  /** Requests without an answer yet, at the end of the slot. */
  inFlight: number;
}

export interface Series {
  readonly everyMs: number;
  readonly slots: readonly Slot[];
}

interface OpenSlot {
  settled: number;
  readonly latencies: Latencies;
}

export class SeriesRecorder {
  readonly #everyMs: number;
  readonly #slots: Slot[] = [];
  /** Slots of which some arrivals are still under way, with their latencies so far. */
  readonly #open = new Map<number, OpenSlot>();
  readonly #spare: Latencies[] = [];
  #newest = 0;
  #inFlight = 0;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** All times are milliseconds since the start of the run. */
  arrived(dueAtMs: number): void {
    const index = this.#indexOf(dueAtMs);
    this.#at(dueAtMs).offered += 1;
    if (this.#open.has(index)) return;
    this.#newest = index;
    this.#closeBefore(index);
    this.#open.set(index, { settled: 0, latencies: this.#spare.pop() ?? new Latencies(2) });
  }

  sent(atMs: number, isRetry: boolean): void {
    const slot = this.#at(atMs);
    slot.sent += 1;
    if (isRetry) slot.retries += 1;
    slot.inFlight = this.#inFlight += 1;
  }

  answered(atMs: number, outcome: Outcome): void {
    const slot = this.#at(atMs);
    if (outcome === 'shed') slot.shed += 1;
    else if (outcome === 'failed') slot.failed += 1;
    else slot.admitted += 1;
    slot.inFlight = this.#inFlight -= 1;
  }

  /** Nothing more becomes of an arrival. */
  settled(dueAtMs: number, latencyMs: number | undefined, isGood: boolean): void {
    const index = this.#indexOf(dueAtMs);
    const slot = this.#slots[index]!;
    const open = this.#open.get(index)!;
    open.settled += 1;
    if (latencyMs !== undefined) {
      slot.served += 1;
      if (isGood) slot.good += 1;
      open.latencies.record(latencyMs);
    }
    // Arrivals come in order: none is added to a slot before the newest.
    if (open.settled === slot.offered && index < this.#newest) this.#close(index);
  }

  /** The slots up to the last in which anything happened. */
  finish(): Series {
    for (const index of this.#open.keys()) this.#close(index);
    return { everyMs: this.#everyMs, slots: this.#slots };
  }

  #closeBefore(index: number): void {
    for (const [each, { settled }] of this.#open) {
      if (each < index && settled === this.#slots[each]!.offered) this.#close(each);
    }
  }

  #close(index: number): void {
    const { latencies } = this.#open.get(index)!;
    const slot = this.#slots[index]!;
    slot.p50Ms = latencies.percentileMs(50);
    slot.p99Ms = latencies.percentileMs(99);
    slot.maxMs = latencies.maxMs;
    this.#open.delete(index);
    latencies.reset();
    this.#spare.push(latencies);
  }

  #indexOf(atMs: number): number {
    return Math.floor(atMs / this.#everyMs);
  }

  #at(atMs: number): Slot {
    const index = this.#indexOf(atMs);
    while (this.#slots.length <= index) {
      this.#slots.push({ ...emptySlot, inFlight: this.#inFlight });
    }
    return this.#slots[index]!;
  }
}

const emptySlot: Slot = {
  offered: 0,
  served: 0,
  good: 0,
  p50Ms: 0,
  p99Ms: 0,
  maxMs: 0,
  sent: 0,
  retries: 0,
  admitted: 0,
  shed: 0,
  failed: 0,
  inFlight: 0,
};
