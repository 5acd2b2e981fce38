// Every limit of the realtime role by its name. What a client may fill has an end, and what it may ask
// for has a rate; beyond them it hears `rate_limited`.
export const limits = {
  subscriptionsPerConnectionMax: 128,
  accountsPerCallMax: 128,
  connectionsPerUserMax: 100,
  /** Calls of hub methods by one user, over all connections to this replica. */
  messagesPerSecondMax: 2_000,
  /** Snapshots that one call reads at once. */
  readsPerCallMax: 16,
  /** Snapshots read at once after the event log had a gap. */
  refreshReadsMax: 16,
  refreshRetryMs: 250,
  /** Updates of accounts that nobody watches are remembered for this long, or until there are so many. */
  recentMs: 5_000,
  recentUpdatesMax: 50_000,
  /** The longest wait of a start for the event log; then it serves snapshots and is not ready. */
  feedStartMs: 5_000,
  /** Draining spreads the clients' reconnects: a millisecond for each, at most half of the drain. */
  drainPerConnectionMs: 1,
};
