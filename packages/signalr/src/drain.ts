/**
 * Sends connections away in random order and at random moments of a period, so that their
 * reconnects reach the other servers spread out.
 */
import { setTimeout as delay } from 'node:timers/promises';

const batchMs = 100;

/** Calls `leave` once for each; resolves when it has been called for the last. */
export async function stagger<Item>(
  items: Item[],
  options: { withinMs: number; random: () => number; leave: (item: Item) => void },
): Promise<void> {
  const { withinMs, random, leave } = options;
  const shuffled = items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
  const batches = Math.max(1, Math.ceil(withinMs / batchMs));
  const slotMs = withinMs / batches;
  const startedAt = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    const from = Math.floor((batch * shuffled.length) / batches);
    const to = Math.floor(((batch + 1) * shuffled.length) / batches);
    if (from === to) continue;
    const dueAt = startedAt + (batch + random()) * slotMs;
    await delay(Math.max(0, dueAt - performance.now()));
    for (const item of shuffled.slice(from, to)) leave(item);
  }
}
