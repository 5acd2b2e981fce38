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
  /** Starts reading; it ends with the subscription. Every subscriber gets every update. */
  subscribe(listener: BalanceListener): FeedSubscription;
}

/** Its functions return at once and do not throw. */
export interface BalanceListener {
  /** A published update; in version order per account except for repeats. */
  update(update: BalanceUpdateEvent): void;
  /** Updates may have been missed (the log lost some): who must be current reads the book again. */
  gap(): void;
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
}
