// Tries again what may be tried again, without making an overload worse: each pause is drawn from the
// whole of a growing range, never shorter than the server asked for, and all calls of a command share
// one budget, so that a thousand failures do not become a thousand repeats.

/** Nothing final happened: the same call with the same key may be tried again. */
export class TryAgain extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs = 0, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

export interface RetryOptions {
  /** Longest that one call is tried before its last error is thrown. */
  readonly giveUpAfterMs: number;
  /** Repeats a second over all calls, and as many at once. */
  readonly repeatsPerSecondMax: number;
  /** Between 0 and 1, as Math.random. */
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly pause: (ms: number) => Promise<void>;
  /** Told before each pause why there is one. */
  readonly waiting?: (reason: string) => void;
}

export interface Retries {
  /** @throws what `attempt` throws, at once unless it is TryAgain, whose last one is thrown. */
  run<T>(attempt: () => Promise<T>): Promise<T>;
}

const firstPauseMs = 100;
const longestPauseMs = 5_000;
const retryAfterMsMax = 30_000;

export function createRetries(options: RetryOptions): Retries {
  const { giveUpAfterMs, repeatsPerSecondMax, random, nowMs, pause, waiting } = options;
  let budget = repeatsPerSecondMax;
  let filledAtMs = nowMs();

  /** How long to wait until the budget has room for one more repeat, which is then taken. */
  function takeRepeatMs(): number {
    const now = nowMs();
    const gained = ((now - filledAtMs) / 1_000) * repeatsPerSecondMax;
    budget = Math.min(repeatsPerSecondMax, budget + gained) - 1;
    filledAtMs = now;
    return budget >= 0 ? 0 : (-budget / repeatsPerSecondMax) * 1_000;
  }

  return {
    async run(attempt) {
      const giveUpAtMs = nowMs() + giveUpAfterMs;
      for (let failures = 0; ; failures += 1) {
        try {
          return await attempt();
        } catch (error) {
          if (!(error instanceof TryAgain)) throw error;
          const jittered = random() * Math.min(longestPauseMs, firstPauseMs * 2 ** failures);
          const asked = Math.min(error.retryAfterMs, retryAfterMsMax);
          const pauseMs = Math.max(asked + jittered, takeRepeatMs());
          if (nowMs() + pauseMs > giveUpAtMs) throw error;
          waiting?.(error.message);
          await pause(pauseMs);
        }
      }
    },
  };
}
