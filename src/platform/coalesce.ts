// Lets callers of one key share a piece of work, but only work that begins after they asked: an answer
// from earlier work may be older than what the caller already knows. So per key one runs and one waits.

/** At most two calls of `work` per key are under way; everyone's answer is at least as new as its call. */
export function coalesce<A extends unknown[], T>(
  keyOf: (...args: A) => string,
  work: (...args: A) => Promise<T>,
): (...args: A) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();

  function start(key: string, args: A): Promise<T> {
    const result = work(...args).finally(() => running.delete(key));
    running.set(key, result);
    return result;
  }

  return (...args) => {
    const key = keyOf(...args);
    const current = running.get(key);
    if (current === undefined) return start(key, args);
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const following = current.then(noop, noop).then(() => {
      next.delete(key);
      return start(key, args);
    });
    next.set(key, following);
    return following;
  };
}

function noop(): void {}
