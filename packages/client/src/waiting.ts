// Tries that wait for an answer. When the network is back, or another one, what was sent before may never be
// answered: it is ended then, and so tried again at once instead of after its time limit.
import type { Clock } from './clock.ts';
import { limits } from './limits.ts';

export interface Waiting {
  /** @returns to be called when the try is over */
  begin(end: () => void): () => void;
  /** Ends those that have waited for more than a moment. */
  endOld(): void;
}

export function createWaiting(clock: Clock): Waiting {
  const tries = new Set<{ readonly sinceMs: number; readonly end: () => void }>();
  return {
    begin(end) {
      const one = { sinceMs: clock.now(), end };
      tries.add(one);
      return () => tries.delete(one);
    },
    endOld() {
      for (const { sinceMs, end } of tries) if (clock.now() - sinceMs >= limits.momentMs) end();
    },
  };
}
