// How much of what waits one batch may take, where a few batches run at once. Everybody in a batch waits for
// all of it. While a batch is quick that costs nobody anything, and large ones are the cheapest; where each
// item takes long, one that took all that waits would leave the others idle and the next in line waiting for
// nearly everything twice. So a slow batch takes no more than an even share of all that is open.

/** A batch that is over so soon may take whatever waits: its size is no part of what a caller feels. */
const quickMs = 20;
/** Of what an item took, by how much the newest batch moves what is expected. */
const weight = 0.25;

export class BatchShare {
  readonly #atOnceMax: number;
  readonly #max: number;
  #running = 0;
  #itemMs = 0;

  /**
   * @param atOnceMax batches that run at once
   * @param max items of a batch
   */
  constructor({ atOnceMax, max }: { readonly atOnceMax: number; readonly max: number }) {
    this.#atOnceMax = atOnceMax;
    this.#max = max;
  }

  /** Items that the next batch may take, at least one. */
  next(waiting: number): number {
    const even = Math.ceil((waiting + this.#running) / this.#atOnceMax);
    const quick = this.#itemMs === 0 ? this.#max : Math.floor(quickMs / this.#itemMs);
    return Math.max(1, Math.min(this.#max, Math.max(even, quick)));
  }

  /** How long the last of so many that wait will wait, at the pace of the batches that have ended. */
  waitMs(waiting: number): number {
    return (waiting * this.#itemMs) / this.#atOnceMax;
  }

  began(items: number): void {
    this.#running += items;
  }

  /** Also of a batch that failed: it, too, took its time. */
  ended(items: number, tookMs: number): void {
    this.#running -= items;
    const expectedMs = this.#itemMs === 0 ? tookMs / items : this.#itemMs;
    this.#itemMs = expectedMs + (tookMs / items - expectedMs) * weight;
  }
}
