/** A value that changes. It is the same object until it does; `subscribe` calls back with each. */
export interface Observable<T> {
  readonly value: T;
  /** Calls `onChange` now and at each change, until the returned function is called. */
  subscribe(onChange: (value: T) => void): () => void;
}

/** Calls every listener. What one throws is thrown apart, so that it keeps neither the others nor the
 * connection from going on. */
export function tell<T>(listeners: Iterable<(value: T) => void>, value: T): void {
  for (const listener of listeners) {
    try {
      listener(value);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
