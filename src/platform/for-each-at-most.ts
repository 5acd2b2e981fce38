// Works on many things with a bound on how many at once, as each costs another role a request.

/** The first failure rejects and nothing new is begun; what was under way ends before that. */
export async function forEachAtMost<T>(
  parallelMax: number,
  items: Iterable<T>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  let failure: { error: unknown } | undefined;
  async function run(): Promise<void> {
    for (let next = queue.next(); !next.done && !failure; next = queue.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: parallelMax }, run));
  if (failure !== undefined) throw failure.error;
}
