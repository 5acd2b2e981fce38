/**
 * The connection tokens that a negotiation hands out. A token carries its id and end, signed, so any
 * process with the secret accepts it and none remembers negotiations that nobody follows up.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface ConnectionTokens {
  /** A new public id, and the secret token that opens a connection of that id. */
  issue(): { connectionId: string; connectionToken: string };
  /** Undefined when the token is not one of ours. */
  read(token: string): { connectionId: string; expired: boolean } | undefined;
}

/** Times are milliseconds; `now` is the time of day, the same on every process of the hub. */
export function createConnectionTokens(options: {
  secret: string | Buffer;
  lifetimeMs: number;
  now: () => number;
}): ConnectionTokens {
  const { secret, lifetimeMs, now } = options;

  function sign(content: string): string {
    return createHmac('sha256', secret).update(content).digest('base64url');
  }

  return {
    issue() {
      const connectionId = createConnectionId();
      const content = `${connectionId}.${(now() + lifetimeMs).toString(36)}`;
      return { connectionId, connectionToken: `${content}.${sign(content)}` };
    },

    read(token) {
      const [connectionId = '', end = ''] = token.split('.', 2);
      const content = `${connectionId}.${end}`;
      if (!equal(token, `${content}.${sign(content)}`)) return undefined;
      return { connectionId, expired: now() > parseInt(end, 36) };
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
