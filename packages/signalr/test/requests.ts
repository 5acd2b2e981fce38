/** What the tests of the entrance ask of a hub, below any SignalR client. */
import assert from 'node:assert/strict';
import { WebSocket } from 'ws';
import { createHub, type HubOptions } from '@atlas/signalr';

/** A hub that knows everybody by the token, and refuses the token `wrong`. */
export function createTestHub(options: Partial<HubOptions<string>> = {}) {
  return createHub<string>({
    authenticate: ({ token = 'nobody' }) =>
      token === 'wrong' ? { status: 401 } : { identity: token },
    ...options,
  });
}

export interface Negotiated {
  negotiateVersion: number;
  connectionId: string;
  connectionToken: string;
  availableTransports: unknown;
  useStatefulReconnect?: boolean;
  error?: string;
}

/** The answer to a negotiation that succeeds. */
export async function negotiate(url: string, query = '?negotiateVersion=1'): Promise<Negotiated> {
  const response = await fetch(`${url}/negotiate${query}`, { method: 'POST' });
  assert.equal(response.status, 200);
  return (await response.json()) as Negotiated;
}

/** The HTTP status that an upgrade is answered with; 101 when it succeeds. */
export async function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  return new Promise((resolve) => {
    socket.on('error', () => {});
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
  });
}
