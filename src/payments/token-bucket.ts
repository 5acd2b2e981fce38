// A long-term rate with room for a burst: `perSecond` tokens flow in, at most `burst` are kept. It
// bounds what is admitted, not what is slow: the in-flight limit stands before it for that.

export interface TokenBucketOptions {
  readonly perSecond: number;
  readonly burst: number;
  readonly nowMs: () => number;
}

export class TokenBucket {
  readonly perSecond: number;
  readonly burst: number;
  readonly #nowMs: () => number;
  #tokens: number;
  #filledAtMs: number;

  constructor({ perSecond, burst, nowMs }: TokenBucketOptions) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.#nowMs = nowMs;
    this.#tokens = burst;
    this.#filledAtMs = nowMs();
  }

  /** Whole and partial tokens there are now. */
  get available(): number {
    const nowMs = this.#nowMs();
    const flowedIn = ((nowMs - this.#filledAtMs) / 1_000) * this.perSecond;
    this.#tokens = Math.min(this.burst, this.#tokens + flowedIn);
    this.#filledAtMs = nowMs;
    return this.#tokens;
  }

  /** Takes one token, or none and answers false. */
  take(): boolean {
    if (this.available < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
