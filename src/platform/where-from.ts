// Where a request came from, for the audit record. Only the last address is one that we saw ourselves;
// those before it stand in X-Forwarded-For, where a caller who comes directly writes what it likes.
import type { IncomingMessage } from 'node:http';

const addressLengthMax = 256;

export interface Origin {
  readonly address: string;
  readonly userAgent: string | undefined;
}

export function whereFrom({ headers, socket }: IncomingMessage): Origin {
  const before = headers['x-forwarded-for'];
  const path = [...(before === undefined ? [] : [before]), socket.remoteAddress ?? 'unknown'];
  return { address: path.join(', ').slice(-addressLengthMax), userAgent: headers['user-agent'] };
}
