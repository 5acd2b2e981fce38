import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import type { Limits } from '@atlas/signalr';
import { createEchoHub as createHub, echo, packed } from '../../test/echo-hub.ts';
import { answerOf, jsonHandshake, negotiated, send, startPolling } from '../../test/http-client.ts';
import { allEnded, serve } from '../../test/serve.ts';

/** Tests do not wait for clients that are not told apart from slow ones. */
const createEchoHub = ({ limits = {} }: { limits?: Partial<Limits> } = {}) =>
  createHub({ limits: { sweepMs: 5, closeMs: 50, ...limits } });

const completion = (id: string) => `{"type":3,"invocationId":"${id}","result":"${id}"}\x1e`;
const call = (...ids: string[]) => ids.map((id) => `${JSON.stringify(echo(id))}\x1e`).join('');

test('the first poll is answered at once and empty, the handshake and calls come by POST', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const url = await negotiated(served.url);
  const first = await send(url);
  assert.deepEqual([first.status, first.body, first.headers['content-length']], [200, '', '0']);
  const posted = await send(url, { method: 'POST', body: jsonHandshake });
  assert.deepEqual([posted.status, posted.headers['content-type']], [200, 'text/plain']);
  assert.equal((await send(url)).body, '{}\x1e');
  const waiting = send(url);
  await send(url, { method: 'POST', body: call('1', '2') });
  const answered = await waiting;
  assert.equal(answered.headers['content-type'], 'text/plain; charset=utf-8');
  const rest = answered.body === completion('1') ? (await send(url)).body : '';
  assert.equal(answered.body + rest, completion('1') + completion('2'));
});

test('a POST may come before the first poll', async () => {
  await using served = await serve(createEchoHub());
  const url = await negotiated(served.url);
  assert.equal((await send(url, { method: 'POST', body: jsonHandshake + call('1') })).status, 200);
  assert.deepEqual(await send(url).then(({ status, body }) => [status, body]), [200, '']);
  assert.equal((await send(url)).body, `{}\x1e${completion('1')}`);
});

test('MessagePack travels as octets, byte for byte', async () => {
  await using served = await serve(createEchoHub());
  const url = await startPolling(served.url, '{"protocol":"messagepack","version":1}\x1e');
  const body = Buffer.from(packed([1, {}, '1', 'Echo', [Buffer.from([0, 10, 13, 255])], []]));
  await send(url, { method: 'POST', body });
  const answer = await send(url);
  assert.equal(answer.headers['content-type'], 'application/octet-stream');
  assert.equal(answer.body.endsWith('\xc4\x04\x00\n\r\xff'), true);
});

test('a new poll ends the old one with 204, and the connection goes on', async () => {
  await using served = await serve(createEchoHub());
  const url = await startPolling(served.url);
  const asking = request(url).end();
  const superseded = answerOf(asking);
  await once(asking, 'socket');
  const echoed = new Promise<string>((resolve) => {
    void superseded.then(async () => resolve((await latest).body));
  });
  const latest = send(url);
  assert.equal((await superseded).status, 204);
  await send(url, { method: 'POST', body: call('1') });
  assert.equal(await echoed, completion('1'));
});

test('an idle poll ends empty in time, and no ping is sent', async () => {
  const hub = createEchoHub({ limits: { pollMs: 80, keepAliveMs: 5, sweepMs: 5 } });
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  for (let n = 0; n < 3; n++) {
    const startedAt = performance.now();
    const { status, body } = await send(url);
    assert.deepEqual([status, body], [200, '']);
    assert.ok(performance.now() - startedAt >= 79);
  }
  assert.equal(hub.stats.connections, 1);
});

test('a client that polls needs no pings either, one that stops polling is gone', async () => {
  const limits = { pollMs: 30, pollGapMs: 1_000, clientTimeoutMs: 20, sweepMs: 5 };
  const hub = createEchoHub({ limits });
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  for (let n = 0; n < 5; n++) assert.equal((await send(url)).status, 200);
  assert.equal(hub.stats.connections, 1);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.connection_lost, 1);
  assert.equal((await send(url)).status, 404);
});

test('what a poll that broke off should have brought comes with the next one', async () => {
  const hub = createEchoHub({ limits: { writableBytesMax: 32 * 1024 * 1024 } });
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const [connection] = [...hub.connections()];
  const page = 'x'.repeat(8 * 1024 * 1024);
  connection!.send('page', [page]);
  const broken = request(url).end();
  const [answer] = (await once(broken, 'response')) as [NodeJS.ReadableStream];
  await once(answer, 'readable');
  broken.destroy();
  const { body } = await send(url);
  assert.equal(body, `{"type":1,"target":"page","arguments":["${page}"]}\x1e`);
});

test('DELETE is accepted, ends the open poll with 204 and the connection as closed', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const asking = request(url).end();
  await once(asking, 'socket');
  const waiting = answerOf(asking);
  while ((await send(url, { method: 'POST', body: '' })).status !== 200);
  const left = await send(url, { method: 'DELETE' });
  assert.equal(left.status, 202);
  assert.equal((await waiting).status, 204);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.client_closed, 1);
  for (const method of ['GET', 'POST', 'DELETE']) {
    assert.equal((await send(url, { method })).status, 404);
  }
});

for (const allowReconnect of [true, false]) {
  test(`a close with allowReconnect ${allowReconnect} reaches the poll, and 204 follows`, async () => {
    const hub = createEchoHub({ limits: { closeMs: 10_000 } });
    await using served = await serve(hub);
    const url = await startPolling(served.url);
    const waiting = send(url);
    await send(url, { method: 'POST', body: `{"type":6}\x1e` });
    for (const connection of hub.connections()) {
      connection.close({ error: 'over', allowReconnect });
    }
    const { status, body } = await waiting;
    assert.deepEqual(
      [status, JSON.parse(body.slice(0, -1))],
      [200, { type: 7, error: 'over', allowReconnect }],
    );
    assert.equal((await send(url)).status, 204);
    await allEnded(hub);
    assert.equal((await send(url)).status, 404);
  });
}

test('a Close message by POST ends the open poll with 204', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const waiting = send(url);
  await send(url, { method: 'POST', body: '{"type":7}\x1e' });
  assert.equal((await waiting).status, 204);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.client_closed, 1);
});

test('a client that never polls for what it is sent is cut off, and its memory freed', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  await startPolling(served.url);
  const [connection] = [...hub.connections()];
  const page = 'x'.repeat(16 * 1024);
  let sent = 0;
  while (connection!.writable) {
    connection!.send('page', [page]);
    sent += page.length;
  }
  assert.ok(sent <= 128 * 1024, `${sent} bytes until it was full`);
  while (!connection!.closed) {
    connection!.send('page', [page]);
    sent += page.length;
  }
  assert.ok(sent <= 1200 * 1024, `${sent} bytes until it was cut off`);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.slow_consumer, 1);
});
