// Stops asking what does not answer: after failures in a row nothing is let through for a while, then a
// few calls try (half-open), and the first that succeeds lets everybody through again. So a dependency
// that is away costs its callers nothing but a refusal, and one that comes back is not met by a crowd.

export interface BreakerOptions {
  /** So many failures in a row open it … */
  readonly failuresMax: number;
  /** … for so long; then it is half-open. */
  readonly openMs: number;
  /** Calls under way while it is half-open. */
  readonly probesMax: number;
  readonly nowMs: () => number;
}

export type BreakerState = 'closed' | 'half_open' | 'open';

/** How a call went; only the first word counts. */
export interface Attempt {
  /** The dependency answered, whatever it said. */
  succeeded(): void;
  failed(): void;
  /** It ended by our own doing and says nothing: the caller went away. */
  dropped(): void;
}

export interface BreakerCounts {
  opened: number;
  probesPassed: number;
  probesFailed: number;
}

export class Breaker {
  readonly counts: BreakerCounts = { opened: 0, probesPassed: 0, probesFailed: 0 };
  /** Told when it has opened, and when it has closed. */
  onChange: (state: 'open' | 'closed') => void = () => {};
  readonly #options: BreakerOptions;
  #failures = 0;
  #opened = false;
  #probeAtMs = 0;
  #probing = 0;
  /** Of a call that began in another period nothing is learned: it knows the dependency as it was. */
  #period = 0;

  constructor(options: BreakerOptions) {
    this.#options = options;
  }

  get state(): BreakerState {
    if (!this.#opened) return 'closed';
    return this.#options.nowMs() < this.#probeAtMs ? 'open' : 'half_open';
  }

  /** A call would be refused now. */
  get refuses(): boolean {
    const { state } = this;
    return state === 'open' || (state === 'half_open' && this.#probing >= this.#options.probesMax);
  }

  /** Undefined where the call is refused; else it must be told how the call went. */
  enter(): Attempt | undefined {
    if (this.refuses) return undefined;
    const probe = this.#opened;
    const period = this.#period;
    if (probe) this.#probing += 1;
    let over = false;
    const end = (result: (() => void) | undefined) => {
      if (over || period !== this.#period) return;
      over = true;
      if (probe) this.#probing -= 1;
      result?.();
    };
    return {
      succeeded: () => end(() => this.#succeeded(probe)),
      failed: () => end(() => this.#failed(probe)),
      dropped: () => end(undefined),
    };
  }

  /** Opens it at once: by another sign the dependency is known not to answer. */
  trip(): void {
    if (this.#opened) return;
    this.#open();
    this.counts.opened += 1;
    this.onChange('open');
  }

  #succeeded(probe: boolean): void {
    this.#failures = 0;
    if (!probe) return;
    this.counts.probesPassed += 1;
    this.#opened = false;
    this.#begin();
    this.onChange('closed');
  }

  #failed(probe: boolean): void {
    this.#failures += 1;
    if (probe) {
      this.counts.probesFailed += 1;
      this.#open();
    } else if (this.#failures >= this.#options.failuresMax) {
      this.trip();
    }
  }

  #open(): void {
    this.#opened = true;
    this.#probeAtMs = this.#options.nowMs() + this.#options.openMs;
    this.#begin();
  }

  #begin(): void {
    this.#period += 1;
    this.#probing = 0;
  }
}
