// Retries as a share of calls. A retry mends a call that met bad luck; when every call fails it would
// double the load on what is down, so retries are paid for by calls: ten calls earn one. One a second is
// free, or a quiet role could never retry.

export interface RetryBudgetOptions {
  /** In metrics. */
  readonly name: string;
  /** Retries at once after a quiet time: as many as there are connections that may break together. */
  readonly savedMax: number;
  readonly nowMs?: () => number;
}

const perCall = 0.1;
const perSecond = 1;

export class RetryBudget {
  readonly name: string;
  readonly counts = { taken: 0, denied: 0 };
  readonly #nowMs: () => number;
  readonly #savedMax: number;
  #saved: number;
  #countedAtMs: number;

  constructor({ name, savedMax, nowMs = () => performance.now() }: RetryBudgetOptions) {
    this.name = name;
    this.#savedMax = savedMax;
    this.#saved = savedMax;
    this.#nowMs = nowMs;
    this.#countedAtMs = nowMs();
  }

  /** A call is made for the first time. */
  earn(): void {
    this.#saved = Math.min(this.#savedMax, this.#saved + perCall);
  }

  /** Whether a call may be made again. */
  take(): boolean {
    const nowMs = this.#nowMs();
    const free = ((nowMs - this.#countedAtMs) * perSecond) / 1_000;
    this.#countedAtMs = nowMs;
    this.#saved = Math.min(this.#savedMax, this.#saved + free);
    const allowed = this.#saved >= 1;
    if (allowed) this.#saved -= 1;
    this.counts[allowed ? 'taken' : 'denied'] += 1;
    return allowed;
  }
}
