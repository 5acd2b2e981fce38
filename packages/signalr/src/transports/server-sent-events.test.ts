import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import type { HubConnection } from '@atlas/signalr';
import { createEchoHub, echo } from '../../test/echo-hub.ts';
import { EventStream, jsonHandshake, negotiated, send } from '../../test/http-client.ts';
import { allEnded, serve } from '../../test/serve.ts';

/** An event stream after its handshake, and its URL. */
async function startEvents(url: string) {
  const connection = await negotiated(url);
  const events = await EventStream.open(connection);
  await events.next();
  await send(connection, { method: 'POST', body: jsonHandshake });
  await events.next();
  return { url: connection, events };
}

const page = 'x'.repeat(16 * 1024);

test('the stream opens with a comment at once, and nothing on the way may hold it back', async () => {
  await using served = await serve(createEchoHub());
  const url = await negotiated(served.url);
  const events = await EventStream.open(url);
  assert.equal(await events.next(), ':\r\n');
  const { headers, statusCode } = events.answer;
  assert.equal(statusCode, 200);
  assert.equal(headers['content-type'], 'text/event-stream');
  assert.equal(headers['cache-control'], 'no-cache,no-store');
  assert.equal(headers['content-encoding'], 'identity');
  assert.equal(headers['x-accel-buffering'], 'no');
  await send(url, { method: 'POST', body: `${jsonHandshake}${JSON.stringify(echo('1'))}\x1e` });
  assert.equal(await events.next(), 'data: {}\x1e\r\n\r\n');
  assert.equal(await events.next(), 'data: {"type":3,"invocationId":"1","result":"1"}\x1e\r\n\r\n');
});

test('line breaks in a text do not break its event', async () => {
  await using served = await serve(createEchoHub());
  const { url, events } = await startEvents(served.url);
  const text = 'a\nb\rc\r\nd\n\nä\u2028';
  await send(url, { method: 'POST', body: `${JSON.stringify(echo('1', text))}\x1e` });
  const event = await events.next();
  const { result } = JSON.parse(event.slice('data: '.length, -'\x1e\r\n\r\n'.length)) as {
    result: string;
  };
  assert.equal(result, text);
});

test('MessagePack is refused on a stream of text, with an error in the handshake', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const url = await negotiated(served.url);
  const events = await EventStream.open(url);
  await events.next();
  const handshake = '{"protocol":"messagepack","version":1}\x1e';
  assert.equal((await send(url, { method: 'POST', body: handshake })).status, 200);
  assert.match(await events.next(), /^data: \{"error":"[^"]+"\}/);
  await events.ended();
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.handshake_refused, 1);
});

test('a second stream on an open connection is 409, a poll on it 400, DELETE 400', async () => {
  await using served = await serve(createEchoHub());
  const { url, events } = await startEvents(served.url);
  const second = await send(url, { headers: { accept: 'text/html, text/event-stream;q=0.9' } });
  assert.equal(second.status, 409);
  assert.equal((await send(url)).status, 400);
  assert.equal((await send(url, { method: 'DELETE' })).status, 400);
  await send(url, { method: 'POST', body: `${JSON.stringify(echo('1'))}\x1e` });
  assert.match(await events.next(), /"invocationId":"1"/);
});

test('a quiet server pings, and a client that sends no pings is closed', async () => {
  const hub = createEchoHub({ limits: { sweepMs: 5, keepAliveMs: 40, clientTimeoutMs: 150 } });
  await using served = await serve(hub);
  const { url, events } = await startEvents(served.url);
  for (let n = 0; n < 5; n++) {
    assert.equal(await events.next(), 'data: {"type":6}\x1e\r\n\r\n');
    await send(url, { method: 'POST', body: '{"type":6}\x1e' });
  }
  await events.ended();
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.client_timeout, 1);
});

for (const allowReconnect of [true, false]) {
  test(`a close with allowReconnect ${allowReconnect} is the last event`, async () => {
    const hub = createEchoHub();
    await using served = await serve(hub);
    const { url, events } = await startEvents(served.url);
    await send(url, { method: 'POST', body: '{"type":6}\x1e' });
    for (const connection of hub.connections()) connection.close({ allowReconnect });
    assert.equal(
      await events.next(),
      `data: {"type":7,"allowReconnect":${allowReconnect}}\x1e\r\n\r\n`,
    );
    await events.ended();
    await allEnded(hub);
    assert.equal((await send(url, { method: 'POST', body: '{"type":6}\x1e' })).status, 404);
  });
}

test('a client that leaves ends its connection', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { events } = await startEvents(served.url);
  events.leave();
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.connection_lost, 1);
});

test('a client that does not read costs no more than the limit and is cut off', async () => {
  let sent = 0;
  const fill = (connection: HubConnection<null>) => {
    while (connection.writable) {
      connection.send('page', [page]);
      sent += page.length;
    }
  };
  const hub = createEchoHub({ limits: { sweepMs: 5, stalledMs: 300 }, onDrain: fill });
  await using served = await serve(hub);
  const { events, url } = await startEvents(served.url);
  await send(url, { method: 'POST', body: '{"type":6}\x1e' });
  const [connection] = [...hub.connections()];
  events.answer.pause();
  fill(connection!);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.slow_consumer, 1);
  assert.equal(connection!.writable, false);
  assert.ok(sent > 128 * 1024, `${sent} bytes were sent`);
});

test('a client that reads again hears all of it, in order', async () => {
  const told = new EventEmitter();
  const hub = createEchoHub({ onDrain: () => void told.emit('drain') });
  await using served = await serve(hub);
  const { events, url } = await startEvents(served.url);
  await send(url, { method: 'POST', body: '{"type":6}\x1e' });
  const [connection] = [...hub.connections()];
  let sent = 0;
  for (let round = 0; round < 5; round++) {
    const drained = once(told, 'drain');
    while (connection!.writable) connection!.send('page', [sent++, page]);
    await drained;
  }
  for (let n = 0; n < sent; n++) {
    const event = await events.next();
    assert.equal(event.startsWith(`data: {"type":1,"target":"page","arguments":[${n},`), true);
  }
});
