// Every limit of the client by its name. What waits has an end, what repeats has a budget, what is
// kept has a size.
export const limits = {
  /** A call with all its tries; `deadlineMs` of a call says otherwise. */
  deadlineMs: 30_000,
  /** One try: longer than the server's own waits (an acknowledgement may wait for a lease). */
  attemptMs: 10_000,
  /** When the network comes back, what has waited for longer is tried again at once. */
  momentMs: 1_000,
  /** The part of a transfer's deadline that is kept for asking what became of it. */
  lookupMs: 3_000,
  retryPause: { firstMs: 250, maxMs: 8_000 },
  /** Balances kept with their ETag, so that reading one again costs a 304. */
  taggedBalancesMax: 200,

  /** One try of a batch. */
  batchAttemptMs: 30_000,

  reconnectPause: { firstMs: 500, maxMs: 8_000 },
  /**
   * One try to connect. One that has come to nothing after the longest pause is not waited for: another is
   * begun beside it.
   */
  connectMs: 10_000,
  /** A connection that stood this long was a good one: the pauses after it begin anew. */
  steadyMs: 5_000,
  /** After this long without a connection balances are called stale; the tries go on all the same. */
  staleAfterMs: 5_000,
  /** In the background the connection is kept this long, in case the app comes straight back. */
  backgroundMs: 5_000,
  /** The hub pings within 5 s of its last word: what is shown over a longer silence is not called live, … */
  silenceMs: 6_500,
  /** … and after this long the connection is replaced. */
  deafMs: 8_000,
  /** So often it is listened for then. */
  listenMs: 250,
  /** Who acts on what is shown has the hub asked for a word, unless one came within this time. */
  lateMs: 2_000,
  /**
   * A connection in doubt that has not answered for this long is replaced; where only a touch asked, nothing is
   * called live from then on, …
   */
  proofMs: 1_500,
  /** … and it is replaced after this long: the network may only be slow. */
  deafToQuestionMs: 3_000,
  /** Subscriptions asked for within this time go in one call. */
  gatherMs: 5,
  /** Accounts of one subscribing call; the server takes no more, over all calls of a connection. */
  accountsPerCallMax: 128,
  subscribePause: { firstMs: 1_000, maxMs: 15_000 },
  /** An account that is left and watched again within this time keeps its subscription. */
  lingerMs: 1_000,
  /** Balances kept in memory; the longest unwatched go first. */
  balancesMax: 500,
  /** While the hub is away, balances are read over HTTP: from when, how often, how many at a time. */
  awayFirstMs: 1_000,
  awayEveryMs: 5_000,
  awayReadsMax: 16,
  awayDeadlineMs: 4_000,
  /** A token is renewed this long before it ends. */
  renewBeforeMs: 60_000,
  /** Balances are handed to the offline cache no more often than this. */
  saveEveryMs: 1_000,
};

/** Pauses between tries: from none up to `firstMs`, doubling up to `maxMs`. */
export interface Pause {
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * What one client may repeat. It begins with `burst` retries and regains them at `perSecond`, and by
 * `perRequest` for each call, so that a fleet of clients adds a known share to an overload and no more.
 */
export interface RetryBudgetLimits {
  readonly burst: number;
  readonly perSecond: number;
  readonly perRequest: number;
}

export const retryBudget: RetryBudgetLimits = { burst: 5, perSecond: 0.5, perRequest: 0.1 };
