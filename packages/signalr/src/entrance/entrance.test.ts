import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import Fastify from 'fastify';
import { WebSocket } from 'ws';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { createHub, type HubOptions } from '@atlas/signalr';
import { RawClient } from '../../test/raw-client.ts';
import { allEnded, serve } from '../../test/serve.ts';

function createTestHub(options: Partial<HubOptions<string>> = {}) {
  return createHub<string>({
    authenticate: ({ token = 'nobody' }) =>
      token === 'wrong' ? { status: 401 } : { identity: token },
    ...options,
  });
}

const allowOrigin = (origin: string) => origin === 'https://app.example';

interface Negotiated {
  negotiateVersion: number;
  connectionId: string;
  connectionToken: string;
  availableTransports: unknown;
  error?: string;
}

async function negotiate(url: string, query = '?negotiateVersion=1'): Promise<Negotiated> {
  const response = await fetch(`${url}/negotiate${query}`, { method: 'POST' });
  assert.equal(response.status, 200);
  return (await response.json()) as Negotiated;
}

/** The HTTP status that an upgrade is answered with; 101 when it succeeds. */
async function upgradeStatus(url: string, headers: Record<string, string> = {}): Promise<number> {
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

test('a negotiation of version 1 keeps the token apart from the id', async () => {
  await using served = await serve(createTestHub());
  for (const version of ['1', '2', '99']) {
    const answer = await negotiate(
      served.url,
      `?negotiateVersion=${version}&useStatefulReconnect=true`,
    );
    assert.deepEqual(Object.keys(answer).sort(), [
      'availableTransports',
      'connectionId',
      'connectionToken',
      'negotiateVersion',
    ]);
    assert.equal(answer.negotiateVersion, 1);
    assert.notEqual(answer.connectionId, answer.connectionToken);
    assert.deepEqual(answer.availableTransports, [
      { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
    ]);
  }
});

test('a negotiation of version 0 gives an id that opens a connection', async () => {
  await using served = await serve(createTestHub());
  for (const query of ['', '?negotiateVersion=0']) {
    const answer = await negotiate(served.url, query);
    assert.equal(answer.negotiateVersion, 0);
    assert.equal(answer.connectionToken, undefined);
    assert.equal(await upgradeStatus(`${served.url}?id=${answer.connectionId}`), 101);
  }
});

test('a negotiation of a version that is no number is answered with an error', async () => {
  await using served = await serve(createTestHub());
  for (const version of ['abc', '', '-1', '1.5', '9'.repeat(20)]) {
    const answer = await negotiate(served.url, `?negotiateVersion=${version}`);
    assert.equal(typeof answer.error, 'string');
    assert.equal(Number.isInteger(answer.negotiateVersion), true);
    assert.equal(answer.connectionId, undefined);
  }
});

test('a token opens one connection: then it is in use, then it is unknown', async () => {
  const hub = createTestHub();
  await using served = await serve(hub);
  const { connectionToken } = await negotiate(served.url);
  const url = `${served.url}?id=${connectionToken}`;
  const client = await RawClient.connect(url);
  assert.equal(await upgradeStatus(url), 409);
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 405);
  assert.equal((await fetch(url, { method: 'DELETE' })).status, 400);
  client.socket.close();
  await allEnded(hub);
  assert.equal(await upgradeStatus(url), 404);
  assert.equal((await fetch(url, { method: 'POST', body: 'x' })).status, 404);
});

test('a token that is forged, or an id without its secret, is unknown', async () => {
  await using served = await serve(createTestHub());
  const { connectionToken, connectionId } = await negotiate(served.url);
  const [id, end, signature] = connectionToken.split('.');
  const later = (parseInt(end!, 36) + 1000).toString(36);
  for (const forged of [
    connectionId,
    'nonsense',
    '',
    '..',
    `${id}.${later}.${signature}`,
    `${connectionToken}.`,
    `${connectionToken}x`,
    connectionToken.slice(0, -1),
    'x'.repeat(4000),
  ]) {
    assert.equal(
      await upgradeStatus(`${served.url}?id=${encodeURIComponent(forged)}`),
      404,
      forged,
    );
  }
  assert.equal(await upgradeStatus(`${served.url}?id=${connectionToken}`), 101);
});

test('a token that is never used runs out', async () => {
  await using served = await serve(createTestHub({ limits: { negotiationMs: -1 } }));
  const { connectionToken } = await negotiate(served.url);
  assert.equal(await upgradeStatus(`${served.url}?id=${connectionToken}`), 404);
});

test('a token opens a connection on any process with the same secret, and on no other', async () => {
  const secret = 's'.repeat(32);
  await using here = await serve(createTestHub({ secret }));
  await using there = await serve(createTestHub({ secret }));
  await using elsewhere = await serve(createTestHub());
  const { connectionToken } = await negotiate(here.url);
  assert.equal(await upgradeStatus(`${elsewhere.url}?id=${connectionToken}`), 404);
  assert.equal(await upgradeStatus(`${there.url}?id=${connectionToken}`), 101);
});

test('requests that are no negotiation get the status that says why', async () => {
  await using served = await serve(createTestHub());
  const { connectionToken } = await negotiate(served.url);
  const status = async (path: string, method: string) =>
    (await fetch(`${served.url}${path}`, { method })).status;
  assert.equal(await status('', 'GET'), 400);
  assert.equal(await status('', 'POST'), 400);
  assert.equal(await status('', 'DELETE'), 400);
  assert.equal(await status('?id=unknown', 'POST'), 404);
  assert.equal(await status('?id=unknown', 'GET'), 404);
  assert.equal(await status(`?id=${connectionToken}`, 'GET'), 404);
  assert.equal(await status('', 'PUT'), 405);
  assert.equal(await status('/negotiate', 'GET'), 405);
  assert.equal(await status('/info', 'GET'), 404);
});

test('the token comes from the header or from the query, and its identity is kept', async () => {
  const hub = createTestHub();
  hub.method(
    'WhoAmI',
    () => [],
    ({ identity }) => identity,
  );
  await using served = await serve(hub);
  const whoAmI = async (query: string, headers: Record<string, string>) => {
    const client = await RawClient.connect(served.url + query, headers);
    client.say(
      { protocol: 'json', version: 1 },
      { type: 1, invocationId: '1', target: 'WhoAmI', arguments: [] },
    );
    await client.next();
    return (await client.nextMessage())['result'];
  };
  assert.equal(await whoAmI('', { authorization: 'Bearer ada' }), 'ada');
  assert.equal(await whoAmI('', { authorization: 'bearer  ada' }), 'ada');
  assert.equal(await whoAmI('?access_token=b%2Fob', {}), 'b/ob');
  assert.equal(await whoAmI('?access_token=bob', { authorization: 'Bearer ada' }), 'ada');
  assert.equal(await whoAmI('', { authorization: 'Basic YTpi' }), 'nobody');
});

test('refusals come before the upgrade, with the status that the host chose', async () => {
  const hub = createTestHub();
  await using served = await serve(hub);
  const refused = await fetch(`${served.url}/negotiate?access_token=wrong`, { method: 'POST' });
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
  assert.equal(await upgradeStatus(`${served.url}?access_token=wrong`), 401);
  assert.equal(await upgradeStatus(served.url, { authorization: 'Bearer wrong' }), 401);
  assert.deepEqual([hub.stats.accepted, hub.stats.refused], [0, 3]);
});

test('an authentication that fails lets nobody in and is reported', async () => {
  const errors: unknown[] = [];
  const hub = createTestHub({
    authenticate: async () => Promise.reject(new Error('no keys')),
    onError: (error) => errors.push(error),
  });
  await using served = await serve(hub);
  assert.equal((await fetch(`${served.url}/negotiate`, { method: 'POST' })).status, 500);
  assert.equal(await upgradeStatus(served.url), 500);
  assert.equal(errors.length, 2);
});

test('beyond the limit of connections an upgrade is answered 503', async () => {
  const hub = createTestHub({ limits: { connectionsMax: 1 } });
  await using served = await serve(hub);
  const first = await RawClient.connect(served.url);
  assert.equal(await upgradeStatus(served.url), 503);
  first.socket.terminate();
  await allEnded(hub);
  while ((await upgradeStatus(served.url)) !== 101);
});

test('an authentication that takes too long frees its place', async () => {
  const asked = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<{ status: number }>();
  const hub = createTestHub({
    limits: { connectionsMax: 1, handshakeMs: 100 },
    authenticate({ token }) {
      if (token !== 'slow') return { identity: 'quick' };
      asked.resolve();
      return decided.promise;
    },
  });
  await using served = await serve(hub);
  const slow = upgradeStatus(`${served.url}?access_token=slow`);
  await asked.promise;
  assert.equal(await upgradeStatus(served.url), 503);
  assert.equal(await slow, 503);
  decided.resolve({ status: 401 });
  assert.equal(await upgradeStatus(served.url), 101);
  assert.deepEqual([hub.stats.accepted, hub.stats.refused], [1, 2]);
});

test('a client that leaves while it is authenticated leaves nothing behind', async () => {
  const asked = Promise.withResolvers<void>();
  const decided = Promise.withResolvers<{ identity: string }>();
  const hub = createTestHub({
    authenticate() {
      asked.resolve();
      return decided.promise;
    },
  });
  await using served = await serve(hub);
  const client = new WebSocket(served.url.replace('http', 'ws'));
  client.on('error', () => {});
  await asked.promise;
  client.terminate();
  decided.resolve({ identity: 'gone' });
  await new Promise((resolve) => setImmediate(resolve));
  await allEnded(hub);
});

test('upgrades that are malformed are refused and harm nothing', async () => {
  await using served = await serve(createTestHub());
  const { port } = new URL(served.url);
  for (const [request, status] of [
    ['GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', '400'],
    ['GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n', '400'],
    ['POST /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', '405'],
    ['GET //ws?id=%ff%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '404'],
    ['GET /ws?id=%ff%zz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', '404'],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.equal(answer.toString('latin1').slice(9, 12), status, request);
    socket.destroy();
  }
  assert.equal(await upgradeStatus(served.url), 101);
});

test('a refused peer that keeps its half of the socket open is cut off', async () => {
  await using served = await serve(createTestHub());
  const { port } = new URL(served.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  socket.write(
    'GET /ws?access_token=wrong HTTP/1.1\r\nHost: a\r\n' +
      'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  socket.resume();
  await once(socket, 'end');
  const broken = Promise.withResolvers<void>();
  socket.on('error', () => broken.resolve());
  const writing = setInterval(() => socket.write('x'), 5);
  await broken.promise;
  clearInterval(writing);
});

test('allowed origins get CORS headers on every answer, others none', async () => {
  await using served = await serve(createTestHub({ allowOrigin }));
  const ask = async (method: string, path: string, origin: string) =>
    (await fetch(served.url + path, { method, headers: { origin } })).headers;

  for (const [method, path] of [
    ['POST', '/negotiate'],
    ['POST', '/negotiate?access_token=wrong'],
    ['OPTIONS', '/negotiate'],
    ['GET', '?id=unknown'],
  ] as const) {
    const allowed = await ask(method, path, 'https://app.example');
    assert.equal(allowed.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(allowed.get('access-control-allow-credentials'), 'true');
    assert.equal(allowed.get('vary'), 'Origin');
    const other = await ask(method, path, 'https://app.example.evil');
    assert.equal(other.get('access-control-allow-origin'), null);
    assert.equal(other.get('access-control-allow-credentials'), null);
  }
  const preflight = await ask('OPTIONS', '/negotiate', 'https://app.example');
  assert.equal(
    preflight.get('access-control-allow-headers'),
    'authorization, content-type, x-requested-with, x-signalr-user-agent',
  );
});

test('a hub works under Fastify, at a path of its own, before bodies are parsed', async (t) => {
  const hub = createTestHub({ path: '/live/hub' });
  hub.method(
    'Echo',
    ([value]) => [value],
    (_connection, value) => value,
  );
  const app = Fastify();
  app.addHook('onRequest', (request, reply, done) => {
    if (hub.handleRequest(request.raw, reply.raw)) reply.hijack();
    else done();
  });
  app.server.on('upgrade', (request, socket, head) => {
    if (!hub.handleUpgrade(request, socket, head)) socket.destroy();
  });
  app.get('/health', () => 'fine');
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    await hub.drain({ withinMs: 0 });
    await app.close();
  });

  const client = new HubConnectionBuilder()
    .withUrl(`${address}/live/hub`)
    .configureLogging(LogLevel.None)
    .build();
  await client.start();
  assert.equal(await client.invoke('Echo', 'through Fastify'), 'through Fastify');
  assert.equal(await (await fetch(`${address}/health`)).text(), 'fine');
  assert.equal((await fetch(`${address}/live/other`)).status, 404);
  await client.stop();
});
