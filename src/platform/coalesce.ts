// Lets callers of one key share a piece of work, but only work that begins after they asked: an answer
// from earlier work may be older than what the caller already knows. So per key one runs and one waits.

export interface Coalesced<A extends unknown[], T> {
  /** Everyone's answer is at least as new as its call. */
  (...args: A): Promise<T>;
  /** The work that waits to begin, if some does: whoever joins it adds nothing. */
  next(...args: A): Promise<T> | undefined;
}

/** At most two calls of `work` per key are under way. */
export function coalesce<A extends unknown[], T>(
  keyOf: (...args: A) => string,
  work: (...args: A) => Promise<T>,
): Coalesced<A, T> {
  const running = new Map<string, Promise<T>>();
  const next = new Map<string, Promise<T>>();

  function start(key: string, args: A): Promise<T> {
    const result = work(...args).finally(() => running.delete(key));
    running.set(key, result);
    return result;
  }

  const share = (...args: A): Promise<T> => {
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
  return Object.assign(share, { next: (...args: A) => next.get(keyOf(...args)) });
}

function noop(): void {}
