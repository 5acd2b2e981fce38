import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { createHub, encodeInvocation, type HubConnection, type HubOptions } from '@atlas/signalr';
import { RawClient } from '../test/raw-client.ts';
import { serve } from '../test/serve.ts';
import { connectTo } from '../test/fake-transport.ts';
import { defaultLimits } from './limits.ts';

const page = 'x'.repeat(16 * 1024);

/** A hub, a client that has stopped reading, and the server's side of its connection. */
async function stall(options: Partial<HubOptions<null>>) {
  const events = new EventEmitter();
  const hub = createHub<null>({
    authenticate: () => ({ identity: null }),
    onConnected: (connection) => void events.emit('connected', connection),
    onDisconnected: (_, reason) => void events.emit('gone', reason),
    onDrain: (connection) => void events.emit('drain', connection),
    ...options,
  });
  const served = await serve(hub);
  const connected = once(events, 'connected');
  const client = await RawClient.start(served.url);
  client.socket.pause();
  const [connection] = (await connected) as [HubConnection<null>];
  return { hub, served, events, client, connection };
}

test('a connection says when it is full, and when there is room again', async () => {
  const { hub, served, events, client, connection } = await stall({});
  await using _served = served;
  let sent = 0;
  while (connection.writable) connection.send('page', [sent++, page]);
  const drained = once(events, 'drain');
  client.socket.resume();
  assert.deepEqual(await drained, [connection]);
  assert.equal(connection.writable, true);
  connection.send('page', [sent, page]);
  for (let n = 0; n <= sent; n++) {
    assert.equal(((await client.nextMessage())['arguments'] as unknown[])[0], n);
  }
  assert.equal(hub.stats.disconnects.slow_consumer, 0);
});

test('a client that reads nothing while the host holds back is cut off after a time', async () => {
  const { served, events, connection, hub } = await stall({
    limits: { sweepMs: 5, stalledMs: 100 },
  });
  await using _served = served;
  const gone = once(events, 'gone');
  const startedAt = performance.now();
  while (connection.writable) connection.send('page', [page]);
  assert.deepEqual(await gone, [{ code: 'slow_consumer' }]);
  assert.ok(performance.now() - startedAt >= 100);
  assert.equal(hub.stats.disconnects.slow_consumer, 1);
});

test('a client that reads slowly but steadily is not cut off', (t) => {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const limits = { ...defaultLimits, stalledMs: 50 };
  const { connection, transport } = connectTo({ limits });
  transport.waitingBytes = 2 * limits.writableBytesMax;
  connection.send('page', [page]);
  assert.equal(connection.writable, false);
  now += 30;
  connection.flushed();
  now += 30;
  connection.sweep(now);
  assert.equal(connection.closed, false);
  now += 30;
  connection.sweep(now);
  assert.equal(connection.closed, true);
  assert.equal(transport.terminated, true);
});

test('a host that sends regardless of a full socket meets a ceiling', async () => {
  const { served, events, connection, hub } = await stall({});
  await using _served = served;
  const gone = once(events, 'gone');
  const message = encodeInvocation('page', [page]);
  while (!connection.closed) connection.sendEncoded([message]);
  connection.send('page', ['into the void']);
  assert.deepEqual(await gone, [{ code: 'slow_consumer' }]);
  assert.equal(hub.stats.connections, 0);
});

test('one message above the ceiling still reaches a client that reads', async () => {
  const { served, client, connection } = await stall({ limits: { sendBufferBytesMax: 64 * 1024 } });
  await using _served = served;
  client.socket.resume();
  connection.send('book', [page.repeat(200)]);
  connection.close();
  assert.equal((await client.nextText()).length > 200 * page.length, true);
  assert.deepEqual(await client.nextMessage(), { type: 7, allowReconnect: false });
});

test('calls of a client that does not read its results wait, instead of filling memory', async () => {
  const { hub, served, client } = await stall({});
  await using _served = served;
  hub.method('Page', [], () => page.repeat(4));
  const calls = 400;
  for (let n = 0; n < calls; n++) {
    client.say({ type: 1, invocationId: String(n), target: 'Page', arguments: [] });
  }
  for (let before = -1; hub.stats.invocations !== before;) {
    before = hub.stats.invocations;
    await setTimeout(100);
  }
  assert.ok(hub.stats.invocations < calls, `${hub.stats.invocations} calls ran`);
  client.socket.resume();
  for (let n = 0; n < calls; n++) {
    assert.equal((await client.nextMessage())['invocationId'], String(n));
  }
});
