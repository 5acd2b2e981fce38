// How long after a payment was sent each screen that shows one of its accounts has the version it
// made, or a newer one (a slow screen is sent the latest only). Payments and screens are in one process
// and so on one clock.
import { Latencies } from '../latencies.ts';

/** The event of a version may come before the acknowledgement that names it, but not by so many. */
const seenMax = 64;

export class Shown {
  readonly accountId: string;
  /** The last versions, oldest first. */
  readonly seen: { readonly version: number; readonly atMs: number }[] = [];
  /** What was acknowledged and is not yet seen, in no order. */
  waiting: { readonly version: number; readonly sentAtMs: number }[] = [];

  constructor(accountId: string) {
    this.accountId = accountId;
  }
}

export class Freshness {
  readonly latencies = new Latencies();
  readonly #byAccount = new Map<string, Shown[]>();

  /** One account on one screen. */
  watch(accountId: string): Shown {
    const shown = new Shown(accountId);
    const others = this.#byAccount.get(accountId);
    if (others === undefined) this.#byAccount.set(accountId, [shown]);
    else others.push(shown);
    return shown;
  }

  acknowledged(accountId: string, version: number, sentAtMs: number): void {
    for (const shown of this.#byAccount.get(accountId) ?? []) {
      const first = shown.seen.find((each) => each.version >= version);
      if (first === undefined) shown.waiting.push({ version, sentAtMs });
      else this.latencies.record(Math.max(0, first.atMs - sentAtMs));
    }
  }

  updated(shown: Shown, version: number, atMs: number): void {
    if (version <= (shown.seen.at(-1)?.version ?? -1)) return;
    shown.seen.push({ version, atMs });
    if (shown.seen.length > seenMax) shown.seen.shift();
    if (shown.waiting.length === 0) return;
    shown.waiting = shown.waiting.filter((each) => {
      if (each.version > version) return true;
      this.latencies.record(atMs - each.sentAtMs);
      return false;
    });
  }

  /** Acknowledged versions that some screen has not shown. */
  get missing(): number {
    let count = 0;
    for (const screens of this.#byAccount.values()) {
      for (const { waiting } of screens) count += waiting.length;
    }
    return count;
  }
}
