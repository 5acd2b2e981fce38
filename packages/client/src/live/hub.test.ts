import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createTokens } from '../tokens.ts';
import { signalrHub } from './hub.ts';

for (const [what, { status, code }, loss] of [
  ['has no room', { status: 503, code: 'overloaded' }, 'overloaded'],
  ['has enough of this user', { status: 429, code: 'rate_limited' }, 'rate_limited'],
  ['is away behind its gateway', { status: 503, code: 'unavailable' }, 'unreachable'],
  ['does not know the user', { status: 401, code: 'unauthenticated' }, 'unauthenticated'],
  ['does not want the user', { status: 403, code: 'forbidden' }, 'forbidden'],
] as const) {
  test(`a hub that ${what} is told apart at the negotiation`, async (t) => {
    const server = createServer((_request, response) => {
      const headers = { 'content-type': 'application/problem+json', connection: 'close' };
      response.writeHead(status, headers);
      response.end(JSON.stringify({ type: 'about:blank', title: 'No', status, code }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const hub = signalrHub({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
      tokens: createTokens('a.b.c'),
      now: Date.now,
    });
    const lost = await hub.start(new AbortController().signal, () => {});
    assert.deepEqual([lost?.code, lost?.final], [loss, status === 403]);
  });
}
