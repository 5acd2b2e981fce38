import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import { realtimeFixture, type RealtimeFixture } from './testing.ts';

const refusals = async (fixture: RealtimeFixture, reason: string) =>
  Number(
    new RegExp(`^atlas_realtime_refusals_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(
      await fixture.metrics(),
    )?.[1] ?? 0,
  );

/** The status, with the code of the problem where it is refused. */
async function negotiate(fixture: RealtimeFixture, token: string): Promise<string> {
  const answer = await fetch(`${fixture.hubUrl}/negotiate?negotiateVersion=1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  const { code, status, instance } = (await answer.json()) as Record<string, unknown>;
  if (answer.ok) return '200';
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  assert.deepEqual([status, instance], [answer.status, '/ws/negotiate']);
  return [status, code].join(' ');
}

test('a full replica refuses whoever comes next, and lets them in when there is room', async () => {
  await using fixture = await realtimeFixture({ environment: { ATLAS_HUB_CONNECTIONS: '1' } });
  const ada = await fixture.connect(await fixture.token());
  const bob = await fixture.token({ subject: 'bob' });
  assert.equal(await negotiate(fixture, bob), '503 overloaded');
  await assert.rejects(fixture.connect(bob), /503/);
  assert.equal(await refusals(fixture, 'replica_connections'), 2);
  await ada.client.stop();
  while ((await negotiate(fixture, bob)) !== '200');
  await fixture.connect(bob);
});

test('the limits of a user are settings, and a user is a subject of a tenant', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_CONNECTIONS_PER_USER: '1', ATLAS_HUB_MESSAGES_PER_SEC: '1' },
  });
  const ada = await fixture.connect(await fixture.token());
  assert.equal(await negotiate(fixture, await fixture.token()), '429 rate_limited');
  assert.match(await upgrade(fixture), /^HTTP\/1.1 429 .*"code":"rate_limited"/s);
  assert.equal(await refusals(fixture, 'user_connections'), 2);
  const namesake = await fixture.connect(await fixture.token({ tenant: 'tnt_other' }));
  const call = () => ada.client.invoke('UnsubscribeBalance', 'a');
  const outcomes = await Promise.allSettled([call(), call(), call()]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
  await namesake.client.invoke('UnsubscribeBalance', 'a');
  assert.equal(await refusals(fixture, 'user_messages'), 2);
});

test('of a user’s connections that shake hands at once as many stay as may, and the others are refused', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_CONNECTIONS_PER_USER: '1' },
  });
  const url = `${fixture.hubUrl}?access_token=${await fixture.token()}`;
  const sockets = [new WebSocket(url), new WebSocket(url)];
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const closed = Promise.race(sockets.map((socket) => once(socket, 'close')));
  for (const socket of sockets) socket.send('{"protocol":"json","version":1}\x1e');
  await closed;
  await fixture.control.until((records) =>
    records.some(({ action, code }) => action === 'hub.close' && code === 'rate_limited'),
  );
  assert.equal(await refusals(fixture, 'user_connections'), 1);
  assert.equal(fixture.control.records.filter(({ code }) => code === 'user_connections').length, 1);
  for (const socket of sockets) socket.terminate();
});

test('calls of methods that do not exist are taken from the same allowance', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_MESSAGES_PER_SEC: '1' },
  });
  const ada = await fixture.connect(await fixture.token());
  const calls = ['Nothing', 'Nothing', 'UnsubscribeBalance'];
  const [, , known] = await Promise.allSettled(
    calls.map((method) => ada.client.invoke(method, 'a')),
  );
  assert.match(String((known as PromiseRejectedResult).reason), /rate_limited/);
  assert.equal(await refusals(fixture, 'user_messages'), 2);
});

test('subscriptions are limited for a connection and for all of a user’s', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_SUBSCRIPTIONS: '2', ATLAS_HUB_SUBSCRIPTIONS_PER_USER: '3' },
  });
  for (const account of ['a', 'b', 'c']) fixture.book.change('tnt_demo', account);
  const [one, two] = [
    await fixture.connect(await fixture.token()),
    await fixture.connect(await fixture.token()),
  ];
  const many = (client: typeof one, ids: string[]) =>
    client.client.invoke('SubscribeMultipleBalances', ids);
  await assert.rejects(many(one, ['a', 'b', 'c']), /^Error: rate_limited: A connection may/);
  await many(one, ['a', 'b']);
  await assert.rejects(many(two, ['a', 'b']), /^Error: rate_limited: The connections of a user/);
  await many(two, ['c']);
  await many(two, ['c']);
  await one.client.stop();
  await fixture.control.until((records) => records.some(({ action }) => action === 'hub.close'));
  await many(two, ['a']);
  assert.equal(await refusals(fixture, 'connection_subscriptions'), 1);
  assert.equal(await refusals(fixture, 'user_subscriptions'), 1);
});

test('a message beyond its size ends the connection', async () => {
  await using fixture = await realtimeFixture({ environment: { ATLAS_HUB_MESSAGE_BYTES: '1024' } });
  const ada = await fixture.connect(await fixture.token());
  await assert.rejects(ada.client.invoke('SubscribeBalance', 'x'.repeat(2_000)));
  assert.match((await ada.closed)!.message, /1024/);
  await fixture.control.until((records) =>
    records.some(({ code }) => code === 'message_too_large'),
  );
  assert.equal(await refusals(fixture, 'message_too_large'), 1);
});

test('what the hub itself refuses is a problem like any other, and counted where a limit was met', async () => {
  await using fixture = await realtimeFixture();
  const headers = { authorization: `Bearer ${await fixture.token()}` };
  const ask = async (url: string, init: RequestInit = {}) => {
    const answer = await fetch(url, { ...init, headers });
    assert.equal(answer.headers.get('content-type'), 'application/problem+json');
    const { status, code } = (await answer.json()) as Record<string, unknown>;
    assert.equal(status, answer.status);
    return [status, code].join(' ');
  };
  const { hubUrl } = fixture;
  assert.equal(await ask(hubUrl), '400 invalid_request');
  assert.equal(await ask(`${hubUrl}?id=unknown`), '404 not_found');
  assert.equal(await ask(hubUrl, { method: 'PUT' }), '405 method_not_allowed');
  const negotiated = await fetch(`${hubUrl}/negotiate?negotiateVersion=1`, {
    method: 'POST',
    headers,
  });
  const { connectionToken } = (await negotiated.json()) as { connectionToken: string };
  const connection = `${hubUrl}?id=${connectionToken}`;
  await fetch(connection, { headers });
  assert.equal(
    await ask(connection, { method: 'POST', body: 'x'.repeat(600_000) }),
    '413 payload_too_large',
  );
  assert.equal(await refusals(fixture, 'posts_full'), 0);
  // The first waits for its body, the others for their turn, and one finds no room to wait.
  const leaving = new AbortController();
  const posts = Array.from({ length: 33 }, async () => {
    const body = new ReadableStream({ start: (stream) => stream.enqueue(Buffer.from('{')) });
    const init = { method: 'POST', body, duplex: 'half', signal: leaving.signal };
    return ask(connection, init as RequestInit);
  });
  assert.equal(await Promise.any(posts), '429 rate_limited');
  assert.equal(await refusals(fixture, 'posts_full'), 1);
  leaving.abort();
  await Promise.allSettled(posts);
  await fetch(connection, { method: 'DELETE', headers });
});

/** The whole answer to an upgrade that is refused. */
async function upgrade(fixture: RealtimeFixture): Promise<string> {
  const { port } = new URL(fixture.hubUrl);
  const socket = connect(Number(port), '127.0.0.1');
  const token = await fixture.token();
  socket.write(
    `GET /ws?access_token=${token} HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`,
  );
  let text = '';
  socket.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  await once(socket, 'close');
  return text;
}
