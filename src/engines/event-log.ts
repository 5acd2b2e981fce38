// Where the relay publishes and the realtime hub and workers listen: Kafka, or in one process the
// outbox table itself, tailed.
import type { BalanceUpdateEvent, LedgerEvent } from '../contracts/events.ts';

/** All events of one transfer, in the order of the outbox. */
export interface TransferEvents {
  /** The outbox row's id. */
  readonly outboxId: bigint;
  readonly balances: readonly [BalanceUpdateEvent, BalanceUpdateEvent];
  readonly ledger: LedgerEvent;
}

export interface EventPublisher extends AsyncDisposable {
  /**
   * True when the outbox rows stay and are the log (embedded); false when they may go once
   * published (Kafka has them).
   */
  readonly keepsOutbox: boolean;
  /** Resolves when every event is durable in the log, in order per key; rejects when unknown. */
  publish(events: readonly TransferEvents[]): Promise<void>;
}

export interface BalanceFeed {
  /**
   * Starts reading; it ends with the subscription. Every subscriber gets every update of the accounts
   * that it follows, and may get others.
   */
  subscribe(listener: BalanceListener): FeedSubscription;
}

/** Its functions return at once and do not throw. */
export interface BalanceListener {
  /** A published update; in version order per account except for repeats. */
  update(update: BalanceUpdateEvent): void;
  /**
   * Updates of these accounts (all, where `touches` is left out) may have been missed: who must be
   * current reads the book again.
   */
  gap(touches?: (accountId: string) => boolean): void;
  /** A record that is no balance update was passed over. */
  undecodable(): void;
  /** The log cannot be read now; reading is tried again and goes on where it stopped. */
  failed(error: unknown): void;
}

export interface FeedSubscription extends AsyncDisposable {
  /** Resolves when the position is fixed: nothing published after that is missed. Never rejects. */
  readonly established: Promise<void>;
  /** False while the log cannot be read, so that readiness can say so. */
  connected(): boolean;
  /**
   * Resolves when nothing that is published about the account from now on is missed, or at the latest
   * after a second: then a gap that touches it follows when it can be heard.
   */
  follow(accountId: string): Promise<void>;
  /** Ends one `follow`. */
  unfollow(accountId: string): void;
  /** How far behind the log reading is, for each partition that is read here; costs no request. */
  lag(): readonly PartitionLag[];
  /** Where the feed is shared out by slots: this replica's part in it. */
  slots?(): SlotStats;
}

export interface SlotStats {
  /** Slots that are heard. */
  readonly followed: number;
  /** Partitions that are read here, for all replicas. */
  readonly partitions: number;
  readonly published: number;
  /** Epochs that ended because something may have been lost. */
  readonly broken: number;
}

/** For logs of which every subscriber hears everything. */
export const followsAll = {
  follow: async (): Promise<void> => {},
  unfollow: (): void => {},
};

export interface PartitionLag {
  readonly partition: number;
  /** From our position to the end of the log, as last heard. */
  readonly records: number;
  /** When the last record that was read was made, ms since 1970; undefined before the first. */
  readonly recordAt: number | undefined;
}
