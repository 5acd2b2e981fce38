// What others promise may never come: a call waits for it no longer than it may take, nor than its caller.
import { throwIfAborted } from './attempt.ts';
import type { Clock } from './clock.ts';

/** @throws what `late` makes when the time is up; what `signal` was aborted with */
export async function waitFor<T>(
  work: Promise<T>,
  by: {
    readonly clock: Clock;
    readonly timeoutMs: number;
    readonly signal: AbortSignal | undefined;
    readonly late: () => Error;
  },
): Promise<T> {
  const { clock, timeoutMs, signal, late } = by;
  let end = (): void => {};
  const ended = new Promise<'late' | 'left'>((resolve) => {
    const left = () => resolve('left');
    const timer = clock.setTimeout(() => resolve('late'), timeoutMs);
    signal?.addEventListener('abort', left);
    end = () => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', left);
    };
  });
  try {
    throwIfAborted(signal);
    const first = await Promise.race([work.then((value) => ({ value })), ended]);
    if (typeof first === 'object') return first.value;
    throwIfAborted(signal);
    throw late();
  } finally {
    end();
  }
}
