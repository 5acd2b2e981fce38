import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { realtimeFixture } from './testing.ts';

test('only the bearer of a valid token of the tenant connects', async () => {
  await using fixture = await realtimeFixture();
  const status = async (headers: Record<string, string>) =>
    (await fetch(`${fixture.hubUrl}/negotiate?negotiateVersion=1`, { method: 'POST', headers }))
      .status;
  const token = await fixture.token();
  const bearer = { authorization: `Bearer ${token}` };
  assert.equal(await status({}), 401);
  assert.equal(await status({ authorization: `Bearer ${token}x` }), 401);
  assert.equal(await status({ ...bearer, 'x-tenant-id': 'tnt_other' }), 403);
  assert.equal(await status({ ...bearer, 'x-tenant-id': 'tnt_demo' }), 200);
  assert.equal(await upgradeStatus(fixture.hubUrl), 401);
  assert.equal(await upgradeStatus(`${fixture.hubUrl}?access_token=${token}`), 101);
  assert.equal(await upgradeStatus(`${fixture.role.url}/elsewhere?access_token=${token}`), 404);
});

test('a connection ends with its token and is told why', async () => {
  await using fixture = await realtimeFixture();
  const ada = await fixture.connect(await fixture.token({ ttlSeconds: 4 }));
  const opened = Date.now();
  assert.match((await ada.closed)!.message, /token_expired/);
  assert.ok(Date.now() - opened < 6_000);
});

test('a user has 100 connections, and the next is refused while others are let in', async () => {
  await using fixture = await realtimeFixture();
  const token = await fixture.token();
  const sockets: WebSocket[] = [];
  for (let count = 0; count < 100; count += 1) {
    sockets.push(await openSocket(`${fixture.hubUrl}?access_token=${token}`));
  }
  assert.equal(await upgradeStatus(`${fixture.hubUrl}?access_token=${token}`), 429);
  const bob = await fixture.token({ subject: 'bob' });
  assert.equal(await upgradeStatus(`${fixture.hubUrl}?access_token=${bob}`), 101);
  sockets[0]!.close();
  await once(sockets[0]!, 'close');
  while ((await upgradeStatus(`${fixture.hubUrl}?access_token=${token}`)) === 429);
  for (const socket of sockets) socket.terminate();
});

test('a user who sends more than 2,000 messages a second hears rate_limited, others do not', async () => {
  // Held, since how many a machine sends in a second is not the question.
  const clock = { ms: 0 };
  await using fixture = await realtimeFixture({ nowMs: () => clock.ms });
  const ada = await fixture.connect(await fixture.token());
  const bob = await fixture.connect(await fixture.token({ subject: 'bob' }));
  const outcomes: PromiseSettledResult<unknown>[] = [];
  // In portions, as the client sends what waits in one frame, and frames have a limit.
  while (outcomes.length < 3_000) {
    const flood = Array.from({ length: 1_000 }, () => ada.client.invoke('UnsubscribeBalance', 'a'));
    outcomes.push(...(await Promise.allSettled(flood)));
  }
  const refused = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
  assert.equal(outcomes.length - refused.length, 2_000);
  for (const { reason } of refused) assert.match((reason as Error).message, /^rate_limited: /);
  await bob.client.invoke('UnsubscribeBalance', 'a');
  clock.ms += 1;
  const after = [1, 2, 3].map(() => ada.client.invoke('UnsubscribeBalance', 'a'));
  assert.deepEqual(
    (await Promise.allSettled(after)).map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected'],
    'two more in a millisecond',
  );
});

test('browsers of allowed origins negotiate, others get no CORS headers', async () => {
  await using fixture = await realtimeFixture();
  const preflight = async (origin: string) => {
    const response = await fetch(`${fixture.hubUrl}/negotiate`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-requested-with,x-signalr-user-agent',
      },
    });
    return response.headers;
  };
  const allowed = await preflight('https://console.example');
  assert.equal(allowed.get('access-control-allow-origin'), 'https://console.example');
  assert.equal(allowed.get('access-control-allow-credentials'), 'true');
  assert.match(allowed.get('access-control-allow-headers')!, /x-signalr-user-agent/);
  const other = await preflight('https://evil.example');
  assert.equal(other.get('access-control-allow-origin'), null);
});

test('the role tells what it speaks, how it is, and what it counts', async () => {
  await using fixture = await realtimeFixture();
  const get = (path: string, headers = {}) => fetch(`${fixture.role.url}${path}`, { headers });
  const bearer = { authorization: `Bearer ${await fixture.token()}` };
  assert.equal((await get('/ws/info')).status, 401);
  const info = (await (await get('/ws/info', bearer)).json()) as Record<string, unknown>;
  assert.equal(info['endpoint'], '/ws');
  assert.deepEqual(info['transports'], ['WebSockets', 'ServerSentEvents', 'LongPolling']);
  assert.deepEqual(info['protocols'], ['json', 'messagepack']);
  assert.ok(Array.isArray(info['features']));
  const health = (await (await get('/health/ready')).json()) as { checks: object };
  assert.deepEqual(health.checks, { feed: 'up' });

  fixture.book.change('tnt_demo', 'a');
  fixture.book.change('tnt_demo', 'b');
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeBalance', 'a');
  await fixture.transfer('a', 'b');
  await ada.until(() => ada.versions('a').length === 2);
  const metrics = await fixture.metrics();
  assert.match(metrics, /^atlas_realtime_connections 1$/m);
  assert.match(metrics, /^atlas_realtime_subscriptions 1$/m);
  assert.match(metrics, /^# TYPE atlas_realtime_deliveries_total counter$/m);
  assert.match(metrics, /^atlas_realtime_deliveries_total 2$/m);
  assert.match(metrics, /^atlas_realtime_feed_connected 1$/m);
  // Of the two updates one is sampled, unless they came far apart.
  assert.match(metrics, /^atlas_realtime_feed_lag_seconds_count [12]$/m);
  assert.doesNotMatch(metrics, /msisdn|eyJ/);
});

test('a role that stops sends its clients elsewhere', async () => {
  const fixture = await realtimeFixture();
  const token = await fixture.token();
  const socket = await openSocket(`${fixture.hubUrl}?access_token=${token}`);
  const frames: string[] = [];
  socket.on('message', (data) => frames.push((data as Buffer).toString()));
  const closed = once(socket, 'close');
  await fixture[Symbol.asyncDispose]();
  await closed;
  assert.deepEqual(JSON.parse(frames.at(-1)!.split('\x1e')[0]!), { type: 7, allowReconnect: true });
});

test('every replica sees every update, and a connection opens where it was not negotiated', async () => {
  await using one = await realtimeFixture();
  await using two = await realtimeFixture({
    feed: one.log,
    environment: { ATLAS_DATA: one.context.settings.ATLAS_DATA },
  });
  const token = await one.token();
  const clients = [await one.connect(token), await two.connect(token)];
  for (const { book } of [one, two]) {
    book.change('tnt_demo', 'a');
    book.change('tnt_demo', 'b');
  }
  for (const { client } of clients) await client.invoke('SubscribeBalance', 'a');
  for (let count = 0; count < 50; count += 1) await one.transfer('a', 'b');
  for (const client of clients) await client.until(() => client.versions('a').at(-1) === 51);

  const negotiated = await fetch(`${one.hubUrl}/negotiate?negotiateVersion=1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const { connectionToken } = (await negotiated.json()) as { connectionToken: string };
  const elsewhere = `${two.hubUrl}?id=${connectionToken}&access_token=${token}`;
  assert.equal(await upgradeStatus(elsewhere), 101);
});

/** 101 when the upgrade is accepted; the socket is dropped then. */
function upgradeStatus(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const asking = request(url, {
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      },
    });
    asking.on('response', (response) => {
      response.resume();
      resolve(response.statusCode!);
    });
    asking.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    asking.on('error', reject);
    asking.end();
  });
}

/** A WebSocket after its handshake in JSON. */
async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  socket.send('{"protocol":"json","version":1}\x1e');
  await once(socket, 'message');
  return socket;
}
