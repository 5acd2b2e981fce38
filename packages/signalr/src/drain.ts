/**
 * Sends connections away in random order and at random moments of a period, so that their
 * reconnects reach the other servers spread out.
 */
const batchMs = 100;

/** Calls `leave` once for each; resolves when it has been called for the last. */
export async function stagger<Item>(
  items: Item[],
  options: {
    withinMs: number;
    leave: (item: Item) => void;
    random: () => number;
    /** Milliseconds from any beginning. */
    now: () => number;
    wait: (ms: number) => Promise<unknown>;
  },
): Promise<void> {
  const { withinMs, leave, random, now, wait } = options;
  const shuffled = items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
  const batches = Math.max(1, Math.ceil(withinMs / batchMs));
  const slotMs = withinMs / batches;
  const startedAt = now();
  for (let batch = 0; batch < batches; batch++) {
    const from = Math.floor((batch * shuffled.length) / batches);
    const to = Math.floor(((batch + 1) * shuffled.length) / batches);
    if (from === to) continue;
    const dueAt = startedAt + (batch + random()) * slotMs;
    await wait(Math.max(0, dueAt - now()));
    for (const item of shuffled.slice(from, to)) leave(item);
  }
}
