// Brings each update to the connections that watch its account. A connection holds no queue of
// payloads, only the set of accounts whose latest value it has not been sent: so a slow one costs no
// memory, skips what was overtaken, and never sees a version that is not above the last.
import { encodeInvocation, type EncodedMessage } from '@atlas/signalr';
import { hubEvents, type BalanceUpdate, type SubscriptionConfirmed } from '../contracts/hub.ts';
import { Latest } from './latest.ts';
import type { RecentUpdates } from './recent.ts';
import type { Outlet, Watch, Watcher } from './watch.ts';

export interface FanOutCounts {
  deliveries: number;
  /** Values that were overtaken before a connection could take them. */
  conflated: number;
  watches: number;
}

export class FanOut {
  readonly counts: FanOutCounts = { deliveries: 0, conflated: 0, watches: 0 };
  readonly #latest = new Map<string, Latest>();
  /** Watchers with something unsent whose turn has not come. */
  #due = new Set<Watcher>();
  readonly #recent: RecentUpdates;
  readonly #soon: (flush: () => void) => void;
  readonly #now: () => number;

  /** `soon` runs a function after what arrives now has been taken in: one frame for all of it. */
  constructor(options: {
    recent: RecentUpdates;
    soon: (flush: () => void) => void;
    now: () => number;
  }) {
    this.#recent = options.recent;
    this.#soon = options.soon;
    this.#now = options.now;
  }

  /** Accounts that somebody watches. */
  watched(): IterableIterator<Latest> {
    return this.#latest.values();
  }

  join(owner: { tenant: string; token: string }, outlet: Outlet): Watcher {
    return { ...owner, outlet, watches: new Map(), unsent: new Set() };
  }

  leave(watcher: Watcher): void {
    for (const accountId of watcher.watches.keys()) this.unwatch(watcher, accountId);
    this.#due.delete(watcher);
  }

  /** Takes in an update, from the event log or from a snapshot; older ones change nothing. */
  offer(tenant: string, update: BalanceUpdate): void {
    const key = keyOf(tenant, update.accountId);
    const latest = this.#latest.get(key);
    if (latest === undefined) return this.#recent.remember(key, update);
    if (!latest.offer(update)) return;
    for (const watch of latest.watchers) this.#mark(watch);
  }

  /** Registers before the snapshot is read, so that nothing falls between it and the stream. */
  watch(watcher: Watcher, accountId: string): void {
    if (watcher.watches.has(accountId)) return;
    const key = keyOf(watcher.tenant, accountId);
    let latest = this.#latest.get(key);
    if (latest === undefined) {
      latest = new Latest(key, this.#recent.get(key));
      this.#latest.set(key, latest);
    }
    const watch: Watch = { latest, watcher, sentVersion: -1, open: false };
    latest.watchers.add(watch);
    watcher.watches.set(accountId, watch);
    this.counts.watches += 1;
  }

  unwatch(watcher: Watcher, accountId: string): void {
    const watch = watcher.watches.get(accountId);
    if (watch === undefined) return;
    const { latest } = watch;
    watcher.watches.delete(accountId);
    watcher.unsent.delete(watch);
    latest.watchers.delete(watch);
    this.counts.watches -= 1;
    if (latest.watchers.size > 0) return;
    this.#latest.delete(latest.key);
    if (latest.update !== undefined) this.#recent.remember(latest.key, latest.update);
  }

  /**
   * Lets the stream of watched accounts flow, their snapshots having been offered: a confirmation
   * each, and the balance unless this connection has it. Resolves to the balances.
   */
  confirm(watcher: Watcher, accountIds: readonly string[]): BalanceUpdate[] {
    const timestamp = new Date(this.#now()).toISOString();
    const messages: EncodedMessage[] = [];
    const balances = accountIds.map((accountId) => {
      const watch = watcher.watches.get(accountId)!;
      const balance = watch.latest.update!;
      const confirmed: SubscriptionConfirmed = { accountId, version: balance.version, timestamp };
      messages.push(encodeInvocation(hubEvents.subscriptionConfirmed, [confirmed]));
      watch.open = true;
      this.#take(watch, messages);
      return balance;
    });
    watcher.outlet.sendEncoded(...messages);
    return balances;
  }

  /** The connection can take more. */
  drained(watcher: Watcher): void {
    if (watcher.unsent.size > 0) this.#flushOne(watcher);
  }

  #mark(watch: Watch): void {
    if (!watch.open) return;
    const { watcher } = watch;
    if (watcher.unsent.has(watch)) this.counts.conflated += 1;
    watcher.unsent.add(watch);
    if (this.#due.size === 0) this.#soon(() => this.#flush());
    this.#due.add(watcher);
  }

  #flush(): void {
    const due = this.#due;
    this.#due = new Set();
    for (const watcher of due) this.#flushOne(watcher);
  }

  /** One frame for all that is unsent. What an outlet cannot take stays unsent until it has drained. */
  #flushOne(watcher: Watcher): void {
    if (!watcher.outlet.writable) return;
    const messages: EncodedMessage[] = [];
    for (const watch of watcher.unsent) this.#take(watch, messages);
    if (messages.length > 0) watcher.outlet.sendEncoded(...messages);
  }

  #take(watch: Watch, messages: EncodedMessage[]): void {
    watch.watcher.unsent.delete(watch);
    if (watch.latest.version <= watch.sentVersion) return;
    watch.sentVersion = watch.latest.version;
    messages.push(watch.latest.encoded);
    this.counts.deliveries += 1;
  }
}

/** A tenant's name has no space. */
function keyOf(tenant: string, accountId: string): string {
  return `${tenant} ${accountId}`;
}
