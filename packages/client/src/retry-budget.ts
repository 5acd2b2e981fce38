// Retries are what turns an overload into an outage: each client may repeat a tenth of what it asks,
// and a little by time so that a single call on a bad line is not lost. Who has spent his budget waits.
import type { Clock } from './clock.ts';
import type { RetryBudgetLimits } from './limits.ts';

export interface RetryBudget {
  /** A call has begun, whatever becomes of it. */
  called(): void;
  /** Milliseconds until there is a retry left. */
  waitMs(): number;
  /** Spends one; those that wait their turn have spent theirs. */
  take(): void;
}

export function createRetryBudget(limits: RetryBudgetLimits, clock: Clock): RetryBudget {
  const { burst, perSecond, perRequest } = limits;
  let left = burst;
  let countedAtMs = clock.now();

  function count(): void {
    const now = clock.now();
    // A clock that was set back takes nothing away.
    left = Math.min(burst, left + (Math.max(0, now - countedAtMs) * perSecond) / 1_000);
    countedAtMs = now;
  }

  return {
    called() {
      count();
      left = Math.min(burst, left + perRequest);
    },
    waitMs() {
      count();
      return left >= 1 ? 0 : Math.ceil(((1 - left) / perSecond) * 1_000);
    },
    take() {
      count();
      left -= 1;
    },
  };
}
