// Every limit of the realtime role by its name. What a client may fill has an end, and what it may ask
// for has a rate; beyond them it hears `rate_limited`.
import type { Settings } from '../platform/settings.ts';

/** What one replica gives to its clients. */
export interface ClientLimits {
  readonly connectionsMax: number;
  readonly connectionsPerUserMax: number;
  readonly subscriptionsPerConnectionMax: number;
  readonly subscriptionsPerUserMax: number;
  /** Calls of hub methods by one user. */
  readonly messagesPerSecondMax: number;
  readonly messageBytesMax: number;
}

export function clientLimits(settings: Settings): ClientLimits {
  return {
    connectionsMax: settings.ATLAS_HUB_CONNECTIONS,
    connectionsPerUserMax: settings.ATLAS_HUB_CONNECTIONS_PER_USER,
    subscriptionsPerConnectionMax: settings.ATLAS_HUB_SUBSCRIPTIONS,
    subscriptionsPerUserMax: settings.ATLAS_HUB_SUBSCRIPTIONS_PER_USER,
    messagesPerSecondMax: settings.ATLAS_HUB_MESSAGES_PER_SEC,
    messageBytesMax: settings.ATLAS_HUB_MESSAGE_BYTES,
  };
}

export const limits = {
  /**
   * A ping is sent after this long without anything else, within 5 s: by these a screen knows that its balance
   * is still the current one. A network that is gone without a word would otherwise be noticed after half a
   * minute.
   */
  pingMs: 4_000,
  accountsPerCallMax: 128,
  /** Sockets whose token is still looked at, beside the connections that are open. */
  arrivalsMax: 1_000,
  /** Refusals of a user for the same reason are recorded at once, and then together so often. */
  refusalsEveryMs: 1_000,
  /** Users and reasons that are counted so; beyond them each refusal is recorded. */
  refusalsKeptMax: 10_000,
  /** Accounts that an operator is shown of one connection. */
  subscriptionsShownMax: 1_000,
  /** How often a replica asks where the others are, when one is missing. */
  nodesEveryMs: 500,
  /** Other replicas that are asked for what operators see. */
  peersMax: 100,
  /** Snapshots read at once by all; as many connections lead to the ledger. Who waits has a turn. */
  snapshots: { atOnceMax: 32, waitingMax: 20_000, waitMs: 5_000 },
  /** Snapshots that one call reads at once. */
  readsPerCallMax: 16,
  /** Snapshots read at once after the event log had a gap. */
  refreshReadsMax: 16,
  refreshRetryMs: 250,
  /** Updates of accounts that nobody watches are remembered for this long, or until there are so many. */
  recentMs: 5_000,
  recentUpdatesMax: 50_000,
  /** The longest that a value waits, under load, for others to share its write. */
  flushWaitMaxMs: 20,
  /** Connections served by a flush before other work has its turn: some 5 ms. */
  connectionsPerFlushMax: 500,
  /** The longest wait of a start for the event log; then it serves snapshots and is not ready. */
  feedStartMs: 5_000,
  /** Draining spreads the clients' reconnects: a millisecond for each, at most half of the drain. */
  drainPerConnectionMs: 1,
};
