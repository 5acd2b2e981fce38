// The embedded event log: the outbox rows stay and are the log, and whoever listens in this process
// hears of them as the relay publishes them. There is no wire between, so nothing can be missed.
import {
  followsAll,
  type BalanceFeed,
  type BalanceListener,
  type EventPublisher,
  type FeedSubscription,
  type TransferEvents,
} from './event-log.ts';

export type OutboxFeed = EventPublisher & BalanceFeed;

export function createOutboxFeed(): OutboxFeed {
  const listeners = new Set<BalanceListener>();
  return {
    keepsOutbox: true,
    async publish(transfers) {
      for (const listener of listeners) tell(listener, transfers);
    },
    subscribe: (listener) => subscribe(listeners, listener),
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };
}

/** A failing listener is told that it missed something; the relay and the others are not touched. */
function tell(listener: BalanceListener, transfers: readonly TransferEvents[]): void {
  try {
    for (const { balances } of transfers) {
      for (const balance of balances) listener.update(balance);
    }
  } catch (error) {
    try {
      listener.failed(error);
      listener.gap();
    } catch {
      // It cannot be helped: what it missed, its clients get with the next update.
    }
  }
}

function subscribe(listeners: Set<BalanceListener>, listener: BalanceListener): FeedSubscription {
  listeners.add(listener);
  return {
    established: Promise.resolve(),
    connected: () => listeners.has(listener),
    lag: () => [],
    ...followsAll,
    async [Symbol.asyncDispose]() {
      listeners.delete(listener);
    },
  };
}
