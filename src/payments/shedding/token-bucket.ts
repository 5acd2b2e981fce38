// A long-term rate with room for a burst: `perSecond` tokens flow in, at most `burst` are kept. It
// bounds what is admitted, not what is slow: the in-flight limit stands before it for that.

export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

export interface TokenBucketOptions extends Rate {
  readonly nowMs: () => number;
}

export class TokenBucket {
  readonly #nowMs: () => number;
  #rate: Rate;
  #tokens: number;
  #filledAtMs: number;

  constructor({ perSecond, burst, nowMs }: TokenBucketOptions) {
    this.#rate = { perSecond, burst };
    this.#nowMs = nowMs;
    this.#tokens = burst;
    this.#filledAtMs = nowMs();
  }

  get perSecond(): number {
    return this.#rate.perSecond;
  }

  get burst(): number {
    return this.#rate.burst;
  }

  /** Whole and partial tokens there are now. */
  get available(): number {
    const nowMs = this.#nowMs();
    const flowedIn = ((nowMs - this.#filledAtMs) / 1_000) * this.#rate.perSecond;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + flowedIn);
    this.#filledAtMs = nowMs;
    return this.#tokens;
  }

  /** Takes so many tokens, also parts of one, or none and answers false. */
  take(tokens = 1): boolean {
    if (this.available < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** From now on. A bucket that was full is full, so that a higher ceiling is felt at once. */
  setRate(rate: Rate): void {
    const wasFull = this.available >= this.#rate.burst;
    this.#rate = rate;
    this.#tokens = wasFull ? rate.burst : Math.min(this.#tokens, rate.burst);
  }

  /** From now on `perSecond` flow in; what there is stays, within the burst. */
  flow(rate: Rate): void {
    this.#tokens = Math.min(this.available, rate.burst);
    this.#rate = rate;
  }

  /** From now on nothing flows in, and at most `burst` that are added are kept. */
  hold(burst: number): void {
    this.flow({ perSecond: 0, burst });
  }

  empty(): void {
    this.#tokens = 0;
    this.#filledAtMs = this.#nowMs();
  }

  add(tokens: number): void {
    this.#tokens = Math.min(this.#rate.burst, this.available + tokens);
  }
}
