/**
 * The connection tokens that a negotiation hands out. A token carries all that was negotiated, signed,
 * so any process with the secret accepts it and none remembers negotiations that nobody follows up.
 */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Negotiated {
  /** Public: it opens nothing. */
  connectionId: string;
  /** Whether the connection may outlive its socket. */
  stateful: boolean;
  /** The process that negotiated; empty when it has no name. */
  nodeId: string;
  /** Too late to open the connection; one that is open it still names. */
  expired: boolean;
}

export interface ConnectionTokens {
  /** A new public id, and the secret token that opens a connection of that id. */
  issue(options: { stateful: boolean }): { connectionId: string; connectionToken: string };
  /** Undefined when the token is not one of ours. */
  read(token: string): Negotiated | undefined;
}

/**
 * Times are milliseconds; `now` is the time of day, the same on every process of the hub.
 * @throws RangeError when a token could not carry the name of the node
 */
export function createConnectionTokens(options: {
  secret: string | Buffer;
  nodeId: string;
  lifetimeMs: number;
  now: () => number;
}): ConnectionTokens {
  const { secret, nodeId, lifetimeMs, now } = options;
  // Made once: for each signature anew it would cost more than the signing.
  const key = createSecretKey(typeof secret === 'string' ? Buffer.from(secret) : secret);
  if (!/^[\w-]{0,64}$/.test(nodeId)) {
    throw new RangeError('A nodeId is at most 64 letters, digits, _ and -.');
  }

  function sign(content: string): string {
    return createHmac('sha256', key).update(content).digest('base64url');
  }

  return {
    issue({ stateful }) {
      const connectionId = createConnectionId();
      const end = (now() + lifetimeMs).toString(36);
      const content = [connectionId, end, stateful ? 's' : 'p', nodeId].join('.');
      return { connectionId, connectionToken: `${content}.${sign(content)}` };
    },

    read(token) {
      const [connectionId = '', end = '', kind = '', node = ''] = token.split('.', 4);
      const content = [connectionId, end, kind, node].join('.');
      if (!equal(token, `${content}.${sign(content)}`)) return undefined;
      const expired = now() > parseInt(end, 36);
      return { connectionId, stateful: kind === 's', nodeId: node, expired };
    },
  };
}

/** 128 random bits. */
export function createConnectionId(): string {
  return randomBytes(16).toString('base64url');
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
