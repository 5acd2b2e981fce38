// When a try follows one that failed: at random, so that those who failed together come back apart.
import type { Pause } from './limits.ts';

/**
 * Milliseconds before try `attempt` (0 is the first retry), drawn from the whole of a range that
 * doubles, so that the thousands who failed together do not come back together ("full jitter").
 * @param random in [0, 1)
 */
export function fullJitterMs(attempt: number, random: number, { firstMs, maxMs }: Pause): number {
  return Math.round(random * Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30)));
}
