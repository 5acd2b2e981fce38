/**
 * Every limit of the hub, named and with its default, because whatever a stranger may fill needs an
 * end. The timings are those of ASP.NET Core, which the official clients are written against.
 */
export const defaultLimits = {
  /**
   * Open connections, and sockets, those still authenticating included; beyond it an upgrade, a poll
   * or an event stream is answered 503.
   */
  connectionsMax: 100_000,
  /** How long a negotiated connection id waits to be used. */
  negotiationMs: 15_000,
  /** Connection ids remembered as used up, so that none is used twice while its token is valid. */
  spentTokensMax: 10_000,
  /** Clients that are being authenticated at once; more wait for their turn. */
  admissionsMax: 64,
  /** Admissions begun in one turn of the event loop: the rest of the turn is for those who are in. */
  admissionsPerTurnMax: 8,
  /** Clients that wait to be authenticated; beyond it they are answered 503 with Retry-After. */
  admissionsWaitingMax: 16_384,
  /** For authentication at the upgrade, and again for the hub handshake after it. */
  handshakeMs: 15_000,
  /** The hub handshake, which is the first message. */
  handshakeBytesMax: 4 * 1024,
  /** A ping is sent after this long without any other message to the client. */
  keepAliveMs: 15_000,
  /** A client that sends nothing, not even a ping, for this long is disconnected. */
  clientTimeoutMs: 30_000,
  /** One hub message. */
  messageBytesMax: 32 * 1024,
  /**
   * One WebSocket message or POST, which may hold many hub messages: the JavaScript client sends all calls
   * that were made at once in one, and a burst of 2,000 is not an attack.
   */
  frameBytesMax: 512 * 1024,
  /** How long the body of a POST may take to arrive. */
  postMs: 15_000,
  /** POSTs of one connection that wait for their turn; more are answered 429. */
  postsMax: 32,
  /** A poll is answered, with nothing, after this long: before the official clients give it up. */
  pollMs: 90_000,
  /** A client of long polling that does not poll for this long is gone. */
  pollGapMs: 15_000,
  /** Sent and not yet acknowledged, kept of a connection that may outlive its socket. */
  replayBytesMax: 100_000,
  /** Messages not yet acknowledged; above either limit the connection ends with its socket. */
  replayMessagesMax: 10_000,
  /** How long such a connection waits for its client after its socket broke. */
  reattachMs: 15_000,
  /** Connections that wait for their clients; beyond it a connection ends with its socket. */
  detachedMax: 10_000,
  /** Received since the last acknowledgement, beyond which the next does not wait for the sweep. */
  unacknowledgedBytesMax: 32 * 1024,
  /** Received and not yet worked on; beyond it the socket is no longer read. */
  unreadBytesMax: 64 * 1024,
  /** Invocations of one connection that run at once; with 1 they run in the order they were sent. */
  parallelInvocationsMax: 1,
  /** Invocations that wait for their turn; beyond it the connection is not read. */
  waitingInvocationsMax: 16,
  /** Streams of one connection open at once, to and from the client; another is refused. */
  streamsMax: 100,
  /** Items that a client has sent and no method has read; at it the connection is not read. */
  streamItemsMax: 32,
  /** A client's stream fails when the connection was not read for this long because of it. */
  streamStalledMs: 30_000,
  /** Results of one client that are waited for at once; another request fails. */
  clientResultsMax: 100,
  /** How long a client may take to give a result, unless the request says otherwise. */
  clientResultMs: 30_000,
  /** Bytes waiting in the socket beyond which a connection is not `writable`. */
  writableBytesMax: 64 * 1024,
  /** Bytes waiting in the socket beyond which another send disconnects the client at once. */
  sendBufferBytesMax: 1024 * 1024,
  /** A connection that is not writable and moves no data for this long is disconnected. */
  stalledMs: 10_000,
  /** How long a client may take to answer the closing handshake. */
  closeMs: 2_000,
  /** How often timeouts are looked at; each may be late by this much. */
  sweepMs: 1_000,
  /** Connections whose timeouts are looked at, and which may be pinged, in one turn of the event loop. */
  sweptPerTurnMax: 100,
};

export type Limits = typeof defaultLimits;

/** Node's timers take no more: with a longer time they run at once. */
export const timerMaxMs = 2 ** 31 - 1;

/**
 * The defaults, and what a host wants otherwise. Times are finite; any other limit may be Infinity.
 * @throws RangeError for what is no limit
 */
export function limitsOf(given: Partial<Limits> = {}): Limits {
  const limits = { ...defaultLimits, ...given };
  for (const [name, value] of Object.entries(limits)) {
    const most = name.endsWith('Ms') ? timerMaxMs : Infinity;
    if (!(name in defaultLimits)) throw new RangeError(`The hub has no limit ${name}.`);
    if (typeof value !== 'number' || !(value >= 0 && value <= most)) {
      throw new RangeError(`The limit ${name} is a number from 0 to ${most}.`);
    }
  }
  return limits;
}
