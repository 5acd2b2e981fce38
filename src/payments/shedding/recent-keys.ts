// The idempotency keys that this replica admitted a moment ago, each with its caller: nobody is let
// through for a key that another has sent. Two generations, so that forgetting the old ones costs nothing.
import type { Identity } from '../../platform/identity.ts';

type Caller = Pick<Identity, 'tenant' | 'subject'>;

export interface RecentKeysOptions {
  readonly nowMs: () => number;
  /** A key is remembered for this long at most, and for half of it at least. */
  readonly lifeMs?: number;
  /** Keys in memory; beyond it the older half is forgotten early. */
  readonly keysMax?: number;
  /** How often a key goes through as known; who asks more often than that is no longer just asking again. */
  readonly retriesMax?: number;
}

export class RecentKeys {
  readonly #nowMs: () => number;
  readonly #turnMs: number;
  readonly #generationMax: number;
  readonly #retriesMax: number;
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #turnedAtMs: number;

  constructor({ nowMs, lifeMs = 60_000, keysMax = 100_000, retriesMax = 8 }: RecentKeysOptions) {
    this.#nowMs = nowMs;
    this.#turnMs = lifeMs / 2;
    this.#generationMax = Math.max(1, keysMax / 2);
    this.#retriesMax = retriesMax;
    this.#turnedAtMs = nowMs();
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** Takes nothing: a look. */
  has(caller: Caller, key: string): boolean {
    this.#turn();
    const name = nameOf(caller, key);
    return (this.#young.get(name) ?? this.#old.get(name) ?? 0) > 0;
  }

  /** The key was admitted: remembers it, or takes one of its retries. */
  admitted(caller: Caller, key: string): void {
    this.#turn();
    const name = nameOf(caller, key);
    for (const generation of [this.#young, this.#old]) {
      const retries = generation.get(name);
      if (retries === undefined) continue;
      generation.set(name, Math.max(0, retries - 1));
      return;
    }
    this.#young.set(name, this.#retriesMax);
  }

  /** Nothing happened for the key after all. */
  forget(caller: Caller, key: string): void {
    const name = nameOf(caller, key);
    this.#young.delete(name);
    this.#old.delete(name);
  }

  #turn(): void {
    const nowMs = this.#nowMs();
    const sinceMs = nowMs - this.#turnedAtMs;
    if (sinceMs < this.#turnMs && this.#young.size < this.#generationMax) return;
    this.#old = sinceMs < 2 * this.#turnMs ? this.#young : new Map();
    this.#young = new Map();
    this.#turnedAtMs = nowMs;
  }
}

/** Neither a tenant nor a key has a space. */
function nameOf({ tenant, subject }: Caller, key: string): string {
  return `${tenant} ${key} ${subject}`;
}
