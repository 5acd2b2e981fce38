// Seeded randomness (xorshift), so that a run can be seen again.

export type Random = () => number;

/** Numbers from 0 up to, not including, 1; the same for the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  // Small seeds start alike.
  for (let i = 0; i < 8; i += 1) next();
  return next;
}

export function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!;
}

/** The pause until the next of events that come `perSecond` on average, independently (Poisson). */
export function pauseMs(random: Random, perSecond: number): number {
  return (-Math.log(1 - random()) / perSecond) * 1_000;
}
