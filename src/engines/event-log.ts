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
   * Calls `onUpdate` for every balance update published from now on, on every replica, in version
   * order per account except for repeats. Resolves when the subscription is in place: nothing
   * published after that is missed.
   */
  subscribe(onUpdate: (update: BalanceUpdateEvent) => void): Promise<FeedSubscription>;
}

export interface FeedSubscription extends AsyncDisposable {
  /** False while the log cannot be read, so that readiness can say so. */
  connected(): boolean;
}
