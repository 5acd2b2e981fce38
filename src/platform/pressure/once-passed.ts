// A timer by a clock of its caller's. A timer of Node's that fell due while this process stood still fires
// before what arrived meanwhile is read, so whoever only waited for that would be called late.

/**
 * Calls `over` when `ms` have passed by the clock and what has arrived by then is read. A clock that stands
 * still with the process gives the time of the pause back.
 * @returns what stops it
 */
export function oncePassed(nowMs: () => number, ms: number, over: () => void): () => void {
  const endsAtMs = nowMs() + ms;
  let stopped = false;
  let timer = setTimeout(look, Math.max(0, ms));
  function look(): void {
    const leftMs = endsAtMs - nowMs();
    // A timer may be a millisecond early.
    if (leftMs >= 1) timer = setTimeout(look, leftMs);
    else setImmediate(() => stopped || over());
  }
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
