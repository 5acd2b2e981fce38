// Tries that wait for an answer, and pauses after tries that found no network. When the network is back, or another
// one, what was sent before may never be answered, and a pause has nothing left to wait for: they are ended then, and
// so tried again at once.
import type { Clock } from './clock.ts';

export interface Waiting {
  /**
   * @param forMs what has waited less is not ended
   * @returns to be called when it is over by itself
   */
  begin(end: () => void, forMs: number): () => void;
  /** The network is back, or another one. */
  endOld(): void;
}

export function createWaiting(clock: Clock): Waiting {
  const all = new Set<{ readonly fromMs: number; readonly end: () => void }>();
  return {
    begin(end, forMs) {
      const one = { fromMs: clock.now() + forMs, end };
      all.add(one);
      return () => all.delete(one);
    },
    endOld() {
      for (const { fromMs, end } of all) if (clock.now() >= fromMs) end();
    },
  };
}
