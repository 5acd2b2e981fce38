// How long it took from the moment of service: said beside the test, because a promise of two seconds is kept on a
// machine of its own and not judged on one that is shared.
export async function timed(
  t: { diagnostic(text: string): void },
  what: string,
  done: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  await done();
  const ms = performance.now() - startedAt;
  t.diagnostic(`${what}: right and live ${ms.toFixed(0)} ms after service`);
}
