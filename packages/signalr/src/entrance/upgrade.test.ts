import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { RawClient } from '../../test/raw-client.ts';
import { createTestHub, upgradeStatus } from '../../test/requests.ts';
import { allEnded, serve } from '../../test/serve.ts';

test('the token comes from the header or from the query, and its identity is kept', async () => {
  const hub = createTestHub();
  hub.method('WhoAmI', [], ({ identity }) => identity);
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

test('a client that finds too many waiting is asked to come back, and those who wait are let in', async () => {
  const open = Promise.withResolvers<void>();
  const hub = createTestHub({
    limits: { admissionsMax: 1, admissionsWaitingMax: 2 },
    authenticate: async () => {
      await open.promise;
      return { identity: 'ada' };
    },
  });
  await using served = await serve(hub);
  const negotiate = () => fetch(`${served.url}/negotiate`, { method: 'POST' });
  const [first, second] = [negotiate(), upgradeStatus(served.url)];
  while (hub.stats.waiting === 0) await turn();
  const refused = await negotiate();
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
  assert.equal(await upgradeStatus(served.url), 503);
  assert.equal(hub.stats.refused, 2);
  open.resolve();
  assert.deepEqual([(await first).status, await second], [200, 101]);
  assert.equal(hub.stats.waiting, 0);
});

test('the host hears of what the hub refuses and why, and puts it in words of its own', async () => {
  const open = Promise.withResolvers<void>();
  const refused: string[] = [];
  const hub = createTestHub({
    limits: { admissionsMax: 1, admissionsWaitingMax: 1, handshakeMs: 500 },
    authenticate: async ({ token }) => {
      if (token === 'wrong') return { status: 401, problem: { title: 'of the host' } };
      await open.promise;
      return { identity: 'ada' };
    },
    onRefused: ({ status, reason = 'wrong', request }) => {
      refused.push(`${request.method} ${status} ${reason}`);
      return reason === 'wrong' ? undefined : { reason };
    },
  });
  await using served = await serve(hub);
  const negotiate = async (query = '') => {
    const answer = await fetch(`${served.url}/negotiate${query}`, { method: 'POST' });
    return [answer.headers.get('content-type'), await answer.text()];
  };
  assert.deepEqual(await negotiate('?access_token=wrong'), [
    'application/problem+json',
    '{"title":"of the host"}',
  ]);
  const first = upgradeStatus(served.url);
  const second = negotiate();
  while (hub.stats.waiting === 0) await turn();
  const full = ['application/problem+json', '{"reason":"admissions_full"}'];
  assert.deepEqual(await negotiate(), full);
  assert.equal(await upgradeStatus(served.url), 503);
  assert.equal(await first, 503);
  open.resolve();
  await second;
  assert.equal((await fetch(`${served.url}?id=unknown`)).status, 404);
  const drained = hub.drain({ withinMs: 0 });
  assert.deepEqual(await negotiate(), ['application/problem+json', '{"reason":"draining"}']);
  await drained;
  assert.deepEqual(refused, [
    'POST 503 admissions_full',
    'GET 503 admissions_full',
    'GET 503 admission_late',
    'GET 404 wrong',
    'POST 503 draining',
  ]);
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
    limits: { connectionsMax: 1, handshakeMs: 1_000 },
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

test('a client that leaves before it is its turn is never asked about', async () => {
  const open = Promise.withResolvers<void>();
  const asked: (string | undefined)[] = [];
  const hub = createTestHub({
    limits: { admissionsMax: 1 },
    async authenticate({ token }) {
      asked.push(token);
      await open.promise;
      return { identity: 'somebody' };
    },
  });
  await using served = await serve(hub);
  const first = upgradeStatus(`${served.url}?access_token=first`);
  while (asked.length === 0) await turn();
  const leaver = new WebSocket(`${served.url.replace('http', 'ws')}?access_token=leaver`);
  leaver.on('error', () => {});
  while (hub.stats.waiting < 1) await turn();
  const poster = request(`${served.url}/negotiate?access_token=poster`, { method: 'POST' }).end();
  poster.on('error', () => {});
  while (hub.stats.waiting < 2) await turn();
  const last = upgradeStatus(`${served.url}?access_token=last`);
  while (hub.stats.waiting < 3) await turn();
  leaver.terminate();
  poster.destroy();
  while (served.sockets > 2) await turn();
  open.resolve();
  assert.deepEqual([await first, await last], [101, 101]);
  assert.deepEqual(asked, ['first', 'last']);
  assert.equal(hub.stats.refused, 0);
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
