import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { HubError } from '@atlas/signalr';
import { createEchoHub, packed, unpacked } from '../test/echo-hub.ts';
import { RawClient } from '../test/raw-client.ts';
import { allEnded, serve } from '../test/serve.ts';

const ping = '{"type":6}\x1e';

test('a quiet server pings, and a client that pings stays', async () => {
  const hub = createEchoHub({ limits: { sweepMs: 5, keepAliveMs: 40, clientTimeoutMs: 200 } });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const startedAt = performance.now();
  while (performance.now() - startedAt < 400) {
    assert.equal(await client.nextText(), ping);
    client.say({ type: 6 });
  }
  assert.equal(hub.stats.connections, 1);
});

test('a client that sends nothing is closed and may come back', async () => {
  const hub = createEchoHub({ limits: { sweepMs: 5, clientTimeoutMs: 50 } });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  assert.equal((await client.nextMessage())['allowReconnect'], true);
  await client.closed();
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.client_timeout, 1);
});

test('a Close message from the client ends the connection without an error', async () => {
  const events = new EventEmitter();
  const hub = createEchoHub({ onDisconnected: (_, reason) => void events.emit('gone', reason) });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const gone = once(events, 'gone');
  client.say({ type: 7 });
  assert.equal(await client.closed(), 1000);
  assert.deepEqual(await gone, [{ code: 'client_closed' }]);
});

test('a connection that breaks off is told apart from one that is closed', async () => {
  const events = new EventEmitter();
  const hub = createEchoHub({ onDisconnected: (_, reason) => void events.emit('gone', reason) });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const gone = once(events, 'gone');
  client.socket.terminate();
  assert.deepEqual(await gone, [{ code: 'connection_lost' }]);
});

test('a peer that ignores the closing handshake is cut off', async () => {
  const hub = createEchoHub({ limits: { sweepMs: 5, closeMs: 50 } });
  hub.method('Leave', [], (connection) => connection.close());
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.socket.pause();
  client.say({ type: 1, target: 'Leave', arguments: [] });
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.server_closed, 1);
});

test('pushes, pings and completions that race never mix their bytes', async () => {
  const hub = createEchoHub({ limits: { sweepMs: 1, keepAliveMs: 0 } });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url, 'messagepack');
  const pusher = setInterval(() => {
    for (const connection of hub.connections()) connection.send('tick', ['y'.repeat(50)]);
  }, 1);
  const calls = 300;
  for (let n = 0; n < calls; n++) client.sendBytes(packed([1, {}, String(n), 'Echo', [n], []]));
  const kinds = new Map<unknown, number>();
  while ((kinds.get(3) ?? 0) < calls || !kinds.has(1) || !kinds.has(6)) {
    const [type] = unpacked(await client.next()) as [unknown];
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
  }
  clearInterval(pusher);
  assert.deepEqual(new Set(kinds.keys()), new Set([1, 3, 6]));
});

test('a connection that fails at its start hears a sentence that gives nothing away', async () => {
  const hub = createEchoHub({
    onConnected() {
      throw new HubError('secret');
    },
  });
  await using served = await serve(hub);
  const client = await RawClient.connect(served.url);
  client.say({ protocol: 'json', version: 1 });
  await client.next();
  assert.deepEqual(await client.nextMessage(), {
    type: 7,
    error: 'The server failed to serve this connection.',
    allowReconnect: true,
  });
});
