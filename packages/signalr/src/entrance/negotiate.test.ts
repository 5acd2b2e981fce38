import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { RawClient } from '../../test/raw-client.ts';
import { createTestHub, negotiate, upgradeStatus } from '../../test/requests.ts';
import { allEnded, serve } from '../../test/serve.ts';

test('a negotiation of version 1 keeps the token apart from the id', async () => {
  await using served = await serve(createTestHub());
  for (const version of ['1', '2', '99']) {
    const answer = await negotiate(served.url, `?negotiateVersion=${version}`);
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
      { transport: 'ServerSentEvents', transferFormats: ['Text'] },
      { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
    ]);
  }
});

test('stateful reconnect is mentioned to those who ask for it, and to nobody else', async () => {
  await using served = await serve(createTestHub());
  for (const [query, offered] of [
    ['&useStatefulReconnect=true', true],
    ['&useStatefulReconnect=True', true],
    ['&useStatefulReconnect=false', undefined],
    ['&useStatefulReconnect=', undefined],
    ['', undefined],
  ] as const) {
    const answer = await negotiate(served.url, `?negotiateVersion=1${query}`);
    assert.equal(answer.useStatefulReconnect, offered, query);
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
  const [id, end, kind, node, signature] = connectionToken.split('.');
  const later = (parseInt(end!, 36) + 1000).toString(36);
  for (const forged of [
    connectionId,
    'nonsense',
    '..',
    [id, later, kind, node, signature].join('.'),
    [id, end, 's', node, signature].join('.'),
    [id, end, kind, 'b', signature].join('.'),
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
  await using served = await serve(createTestHub({ limits: { negotiationMs: 0 } }));
  const { connectionToken } = await negotiate(served.url);
  for (const issuedAt = Date.now(); Date.now() <= issuedAt;) await turn();
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
  assert.equal(await status(`?id=${connectionToken}`, 'DELETE'), 400);
  for (const verb of ['PUT', 'PATCH', 'HEAD']) assert.equal(await status('', verb), 405);
  assert.equal(await status('/negotiate', 'GET'), 405);
  assert.equal(await status('/info', 'GET'), 404);
});
