// Tries again what may be tried again, without making an overload worse: pauses with full jitter,
// never shorter than the server asked for, within the deadline of the call and the client's budget.
import { AtlasError } from './atlas-error.ts';
import { throwIfAborted } from './attempt.ts';
import type { Clock } from './clock.ts';
import { fullJitterMs } from './jitter.ts';
import { limits } from './limits.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Waiting } from './waiting.ts';

export interface CallOptions {
  /** Ends the call; what it was aborted with is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** For the call with all its tries; 30 s. */
  readonly deadlineMs?: number | undefined;
  /** Told before each pause why there is one. */
  readonly onRetry?: ((error: AtlasError, pauseMs: number) => void) | undefined;
}

export interface RetryParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly budget: RetryBudget;
  readonly waiting: Waiting;
}

/**
 * Runs `attempt` until it succeeds, is refused for good, or no retry fits into the deadline.
 * @param attempt is given the milliseconds it may take, `attemptMs` at most
 * @throws the last error; its outcome is `unknown` once any try's was.
 */
export async function withRetries<T>(
  { clock, random, budget, waiting }: RetryParts,
  { signal, deadlineMs = limits.deadlineMs, onRetry }: CallOptions,
  attempt: (timeoutMs: number) => Promise<T>,
  attemptMs = limits.attemptMs,
): Promise<T> {
  const endsAtMs = clock.now() + deadlineMs;
  let anyUnknown = false;
  budget.called();
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(Math.min(attemptMs, Math.max(0, endsAtMs - clock.now())));
    } catch (error) {
      if (!(error instanceof AtlasError)) throw error;
      anyUnknown ||= error.outcome === 'unknown';
      const jitterMs = fullJitterMs(failures, random(), limits.retryPause);
      const budgetMs = budget.waitMs();
      const pauseMs = Math.max((error.retryAfterMs ?? 0) + jitterMs, budgetMs);
      if (!error.retriable || clock.now() + pauseMs >= endsAtMs) {
        throw anyUnknown && error.outcome === 'nothing' ? error.of(error.key, 'unknown') : error;
      }
      budget.take();
      onRetry?.(error, pauseMs);
      // What a server or the budget asks for is kept to; only for a network there is nothing to wait once it is back.
      const isForNetwork = error.code === 'unreachable' && budgetMs === 0;
      await pause(clock, pauseMs, signal, isForNetwork ? waiting : undefined);
    }
  }
}

async function pause(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  waiting: Waiting | undefined,
): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      over?.();
      resolve();
    };
    const over = waiting?.begin(done, 0);
    const timer = clock.setTimeout(done, ms);
    signal?.addEventListener('abort', done);
    if (signal?.aborted === true) done();
  });
  throwIfAborted(signal);
}
