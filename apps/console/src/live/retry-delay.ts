// Waits before trying again: doubling, capped, and with half of it random, so that the thousands of
// screens that lost a server together do not come back to the next one together.

/** Delay in ms before attempt `attempt` (0 is the first retry); `random` is in [0, 1). */
export function retryDelayMs(
  attempt: number,
  random: number,
  range: { readonly firstMs: number; readonly maxMs: number },
): number {
  const fullMs = Math.min(range.maxMs, range.firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(fullMs / 2 + (fullMs / 2) * random);
}
