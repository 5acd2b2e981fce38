import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { JsonHubProtocol } from '@microsoft/signalr';
import { createEchoHub, echo } from '../test/echo-hub.ts';
import { connectTo } from '../test/fake-transport.ts';
import { start } from '../test/official-client.ts';
import { RawClient } from '../test/raw-client.ts';
import { serve } from '../test/serve.ts';
import { defaultLimits } from './limits.ts';

test('a flood of calls waits in the socket, none is lost and the order is kept', async () => {
  const gate = Promise.withResolvers<void>();
  const hub = createEchoHub();
  const ran: unknown[] = [];
  hub.method('Work', [z.number(), z.string()], async (_connection, n) => {
    await gate.promise;
    ran.push(n);
  });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const total = 20_000;
  for (let n = 0; n < total; n++) {
    client.say({ type: 1, target: 'Work', arguments: [n, 'x'.repeat(400)] });
  }
  client.say(echo('last'));
  // The server reads no more than its limits and what one read of the socket holds.
  await setTimeout(300);
  assert.ok(hub.stats.bytesReceived < 400_000, `${hub.stats.bytesReceived} bytes were read`);
  gate.resolve();
  assert.equal((await client.nextMessage())['result'], 'last');
  assert.deepEqual(
    ran,
    Array.from({ length: total }, (_, n) => n),
  );
});

test('2,000 calls that the official client makes at once, and sends in one frame, are all answered', async (t) => {
  await using served = await serve(createEchoHub());
  const client = await start(t, served, new JsonHubProtocol());
  const texts = Array.from({ length: 2_000 }, (_, n) => `${n} ${'x'.repeat(128)}`);
  assert.deepEqual(await Promise.all(texts.map((text) => client.invoke('Echo', text))), texts);
});

test('a connection that is paused by its own calls does not time out', async () => {
  const gate = Promise.withResolvers<void>();
  const hub = createEchoHub({
    limits: { sweepMs: 5, clientTimeoutMs: 100, unreadBytesMax: 1000 },
  });
  hub.method('Wait', [], () => gate.promise);
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  for (let n = 0; n < 100; n++) client.say({ type: 1, target: 'Wait', arguments: [] });
  client.say(echo('last'));
  await setTimeout(300);
  gate.resolve();
  assert.equal((await client.nextMessage())['result'], 'last');
});

test('what arrives while the process is held up is read before anyone is called silent', async () => {
  await using served = await serve(
    createEchoHub({ limits: { sweepMs: 5, handshakeMs: 500, clientTimeoutMs: 500 } }),
  );
  const shaken = await RawClient.start(served.url);
  const unshaken = await RawClient.connect(served.url);
  shaken.say(echo('last'));
  unshaken.say({ protocol: 'json', version: 1 });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  assert.equal((await shaken.nextMessage())['result'], 'last');
  assert.equal(await unshaken.nextText(), '{}\x1e');
});

test('after a pause the client has the whole timeout to be heard again', async (t) => {
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const call = Promise.withResolvers<undefined>();
  const limits = { ...defaultLimits, clientTimeoutMs: 50, unreadBytesMax: 1000 };
  const { connection, resumed } = connectTo({ limits, wait: () => call.promise });
  await setImmediate();
  const frame = Buffer.from('{"type":1,"target":"Wait","arguments":[]}\x1e');
  for (let n = 0; n < 20; n++) connection.received(frame);
  now += 80;
  connection.sweep(now);
  call.resolve(undefined);
  await resumed;
  now += 40;
  connection.sweep(now);
  assert.equal(connection.closed, false);
  now += 20;
  connection.sweep(now);
  assert.equal(connection.closed, true);
});

test('calls run at once up to the limit', async () => {
  let running = 0;
  let mostRunning = 0;
  const hub = createEchoHub({ limits: { parallelInvocationsMax: 3 } });
  hub.method('Work', [], async () => {
    mostRunning = Math.max(mostRunning, ++running);
    await setImmediate();
    running -= 1;
  });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const calls = Array.from({ length: 10 }, (_, n) => ({
    type: 1,
    invocationId: String(n),
    target: 'Work',
    arguments: [],
  }));
  client.say(...calls);
  for (let n = 0; n < 10; n++) assert.equal((await client.nextMessage())['type'], 3);
  assert.equal(mostRunning, 3);
});
