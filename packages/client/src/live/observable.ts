/** A value that changes. It is the same object until it does; `subscribe` calls back with each. */
export interface Observable<T> {
  readonly value: T;
  /** Calls `onChange` now and at each change, until the returned function is called. */
  subscribe(onChange: (value: T) => void): () => void;
}
