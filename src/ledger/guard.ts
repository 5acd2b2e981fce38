// Stands before the database: so many reads at once, each for so long, and none while it is known to
// be away. A request that would wait in vain is refused at once, and can be sent again.
import { ProblemError } from '../contracts/problems.ts';
import { isConnectionFailure } from '../engines/database.ts';

export interface GuardOptions {
  /** Reads under way, those that wait for a connection included. */
  readonly atOnceMax: number;
  readonly timeoutMs: number;
  /** So many failures in a row open the breaker … */
  readonly failuresMax: number;
  /** … for so long; then one read at a time tries, until one succeeds. */
  readonly openMs: number;
  readonly nowMs?: () => number;
}

export interface Guard {
  /** @throws ProblemError `unavailable`, or `overloaded` when too many wait already. */
  run<T>(read: () => Promise<T>): Promise<T>;
  readonly running: number;
  readonly open: boolean;
}

export function createGuard(options: GuardOptions): Guard {
  const { atOnceMax, timeoutMs, failuresMax, openMs, nowMs = () => performance.now() } = options;
  let running = 0;
  let failures = 0;
  let tryAgainAt = 0;

  const isOpen = () => failures >= failuresMax;

  function admit(): void {
    if (isOpen()) {
      if (nowMs() < tryAgainAt) throw unavailable();
      tryAgainAt = nowMs() + openMs;
    }
    if (running >= atOnceMax) {
      throw new ProblemError('overloaded', 'Too many reads wait for the book; try again.', {
        retryAfterSeconds: 1,
      });
    }
  }

  return {
    get running() {
      return running;
    },
    get open() {
      return isOpen();
    },
    async run(read) {
      admit();
      running += 1;
      // A read that timed out goes on in the database: it counts until it has really ended.
      const answer = read().finally(() => {
        running -= 1;
      });
      try {
        const value = await within(timeoutMs, answer);
        failures = 0;
        return value;
      } catch (error) {
        if (!(error instanceof TooSlow) && !isConnectionFailure(error)) throw error;
        failures += 1;
        if (failures === failuresMax) tryAgainAt = nowMs() + openMs;
        throw unavailable();
      }
    },
  };
}

class TooSlow extends Error {}

function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TooSlow('The book did not answer')), timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function unavailable(): ProblemError {
  return new ProblemError('unavailable', 'The book cannot be reached; try again.', {
    retryAfterSeconds: 1,
  });
}
