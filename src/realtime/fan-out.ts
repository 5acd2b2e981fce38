// Brings each update to the connections that watch its account. A connection holds no queue of
// payloads, only the set of accounts whose latest value it has not been sent: so a slow one costs no
// memory, skips what was overtaken, and never sees a version that is not above the last.
import { encodeInvocation, type EncodedMessage } from '@atlas/signalr';
import { hubEvents, type BalanceUpdate, type SubscriptionConfirmed } from '../contracts/hub.ts';
import type { FeedSubscription } from '../engines/event-log.ts';
import { ByAccount } from './by-account.ts';
import type { Flush } from './flush-schedule.ts';
import { limits } from './limits.ts';
import type { RecentUpdates } from './recent.ts';
import { Latest, type Outlet, type Watch, type Watcher } from './watch.ts';

export interface FanOutCounts {
  deliveries: number;
  /** Values that were overtaken before a connection could take them. */
  conflated: number;
  watches: number;
}

/** What the feed must bring. */
export type Following = Pick<FeedSubscription, 'follow' | 'unfollow'>;

export interface FanOutOptions {
  readonly recent: RecentUpdates;
  /** Runs the flush when it is time, once for each call; see flush-schedule.ts. */
  readonly soon: (flush: Flush) => void;
  /** Time of day. */
  readonly now: () => number;
  readonly feed: Following;
  /** One of the values that a flush has just written. */
  readonly written?: (update: BalanceUpdate) => void;
  /** So many connections were written the balance of a transfer; first and last, times of day. */
  readonly delivered?: (
    entryId: string,
    firstAtMs: number,
    lastAtMs: number,
    deliveries: number,
  ) => void;
}

export class FanOut {
  readonly counts: FanOutCounts = { deliveries: 0, conflated: 0, watches: 0 };
  readonly #latest = new ByAccount<Latest>();
  /** Watchers with something unsent: those of the flush under way, and those of the next. */
  #serving: Watcher[] = [];
  #due: Watcher[] = [];
  #served = 0;
  #flushing = false;
  #written: BalanceUpdate | undefined;
  /** Those whose bytes were made for the flush under way. */
  readonly #encoded: Latest[] = [];
  /** What one connection is sent; a list for each would be most of the garbage. */
  readonly #messages: EncodedMessage[] = [];
  readonly #options: FanOutOptions;
  readonly #flush: Flush = () => this.#flushDue();

  constructor(options: FanOutOptions) {
    this.#options = options;
  }

  /** Accounts that somebody watches. */
  watched(): Iterable<Latest> {
    return this.#latest.values();
  }

  join(owner: Pick<Watcher, 'tenant' | 'subject' | 'token'>, outlet: Outlet): Watcher {
    return { ...owner, outlet, watches: new Map(), unsent: [], conflated: 0, due: false };
  }

  leave(watcher: Watcher): void {
    for (const accountId of watcher.watches.keys()) this.unwatch(watcher, accountId);
  }

  /** Takes in an update, from the event log or from a snapshot; older ones change nothing. */
  offer(tenant: string, update: BalanceUpdate): void {
    const latest = this.#latest.get(tenant, update.accountId);
    if (latest === undefined) return this.#options.recent.remember(tenant, update);
    // It may come while the one before is on its way to the connections.
    if (latest.deliveries > 0 && update.version > latest.version) this.#tally(latest);
    if (!latest.offer(update)) return;
    for (const watch of latest.watchers) this.#mark(watch);
  }

  /**
   * Registers before the snapshot is read, so that nothing falls between it and the stream. Resolves
   * when the feed brings the account.
   */
  watch(watcher: Watcher, accountId: string): Promise<void> {
    const known = watcher.watches.get(accountId);
    if (known !== undefined) return known.latest.followed;
    const { tenant } = watcher;
    let latest = this.#latest.get(tenant, accountId);
    if (latest === undefined) {
      const { recent, feed } = this.#options;
      const update = recent.get(tenant, accountId);
      latest = new Latest({ tenant, accountId, update, followed: feed.follow(accountId) });
      this.#latest.set(tenant, accountId, latest);
    }
    const watch: Watch = { latest, watcher, sentVersion: -1, open: false, unsent: false };
    latest.watchers.add(watch);
    watcher.watches.set(accountId, watch);
    this.counts.watches += 1;
    return latest.followed;
  }

  unwatch(watcher: Watcher, accountId: string): void {
    const watch = watcher.watches.get(accountId);
    if (watch === undefined) return;
    const { latest } = watch;
    watcher.watches.delete(accountId);
    if (watch.unsent) watcher.unsent.splice(watcher.unsent.indexOf(watch), 1);
    latest.watchers.delete(watch);
    this.counts.watches -= 1;
    if (latest.watchers.size > 0) return;
    const { tenant, update } = latest;
    this.#latest.delete(tenant, accountId);
    this.#options.feed.unfollow(accountId);
    if (update !== undefined) this.#options.recent.remember(tenant, update);
  }

  /**
   * Lets the stream of watched accounts flow, their snapshots having been offered: a confirmation
   * each, and the balance unless this connection has it. Resolves to the balances.
   */
  confirm(watcher: Watcher, accountIds: readonly string[]): BalanceUpdate[] {
    const timestamp = new Date(this.#options.now()).toISOString();
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
    watcher.outlet.sendEncoded(messages);
    if (!this.#flushing) this.#forgetBytes();
    return balances;
  }

  /** The connection can take more. */
  drained(watcher: Watcher): void {
    if (watcher.unsent.length > 0) this.#serve(watcher);
    if (!this.#flushing) this.#forgetBytes();
  }

  /** Its client is back after its socket broke, and may have missed the last value of any account. */
  returned(watcher: Watcher): void {
    for (const watch of watcher.watches.values()) {
      watch.sentVersion = -1;
      if (!watch.unsent) this.#mark(watch);
    }
  }

  #mark(watch: Watch): void {
    if (!watch.open) return;
    if (watch.unsent) {
      this.counts.conflated += 1;
      watch.watcher.conflated += 1;
      return;
    }
    const { watcher } = watch;
    watch.unsent = true;
    watcher.unsent.push(watch);
    if (watcher.due) return;
    watcher.due = true;
    this.#due.push(watcher);
    if (!this.#flushing) this.#flushSoon();
  }

  #flushSoon(): void {
    this.#flushing = true;
    this.#options.soon(this.#flush);
  }

  /** Serves some of those that were due when it began; see `Flush`. */
  #flushDue(): boolean {
    if (this.#served === 0) [this.#serving, this.#due] = [this.#due, []];
    const end = Math.min(this.#serving.length, this.#served + limits.connectionsPerFlushMax);
    while (this.#served < end) {
      const watcher = this.#serving[this.#served++]!;
      watcher.due = false;
      this.#serve(watcher);
    }
    if (this.#served < this.#serving.length) return false;
    this.#serving = [];
    this.#served = 0;
    this.#flushing = false;
    if (this.#written !== undefined) this.#options.written?.(this.#written);
    this.#written = undefined;
    this.#forgetBytes();
    if (this.#due.length > 0) this.#flushSoon();
    return true;
  }

  /** One write for all that is unsent. What an outlet cannot take stays unsent until it has drained. */
  #serve({ outlet, unsent }: Watcher): void {
    if (!outlet.writable || unsent.length === 0) return;
    const [sample] = unsent;
    // The first value on a connection may be as old as it likes.
    if (sample!.sentVersion >= 0) this.#written = sample!.latest.update;
    const messages = this.#messages;
    for (const watch of unsent) {
      watch.unsent = false;
      this.#take(watch, messages);
    }
    empty(unsent);
    if (messages.length > 0) outlet.sendEncoded(messages);
    empty(messages);
  }

  #forgetBytes(): void {
    for (const latest of this.#encoded) {
      if (latest.deliveries > 0) this.#tally(latest);
      latest.forgetBytes();
    }
    empty(this.#encoded);
  }

  #tally(latest: Latest): void {
    const { deliveries, servedAtMs, update } = latest;
    const { delivered, now } = this.#options;
    latest.deliveries = 0;
    // A snapshot is of no transfer.
    const entryId = update!.entryId;
    if (entryId !== null) delivered?.(entryId, servedAtMs, now(), deliveries);
  }

  #take(watch: Watch, messages: EncodedMessage[]): void {
    const { latest } = watch;
    if (latest.version <= watch.sentVersion) return;
    // The first value on a connection may be as old as it likes: it tells nothing of the transfer's way.
    if (watch.sentVersion >= 0) latest.deliveries += 1;
    watch.sentVersion = latest.version;
    if (!latest.isEncoded) {
      this.#encoded.push(latest);
      latest.servedAtMs = this.#options.now();
    }
    messages.push(latest.encoded);
    this.counts.deliveries += 1;
  }
}

/** For the short lists of one connection: setting their length to 0 would be a call into the engine. */
function empty(list: unknown[]): void {
  while (list.length > 0) list.pop();
}
