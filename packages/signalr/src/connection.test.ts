import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { decode, encode } from '@msgpack/msgpack';
import { createHub, type HubOptions, HubError } from '@atlas/signalr';
import { connectTo } from '../test/fake-transport.ts';
import { RawClient } from '../test/raw-client.ts';
import { allEnded, serve } from '../test/serve.ts';
import { defaultLimits } from './limits.ts';

const ping = '{"type":6}\x1e';

function createTestHub(options: Partial<HubOptions<null>> = {}) {
  const hub = createHub<null>({ authenticate: () => ({ identity: null }), ...options });
  hub.method(
    'Echo',
    ([value]) => [value],
    (_connection, value) => value,
  );
  return hub;
}

function echo(id: string, value: unknown = id) {
  return { type: 1, invocationId: id, target: 'Echo', arguments: [value] };
}

/** A MessagePack message behind its length, for messages below 128 bytes. */
function packed(message: unknown): number[] {
  const body = encode(message);
  return [body.length, ...body];
}

function unpacked(frame: { text: string }): unknown {
  return decode(Buffer.from(frame.text, 'latin1').subarray(1));
}

for (const version of [0, 1, 2]) {
  test(`a handshake of version ${version} is accepted`, async () => {
    await using served = await serve(createTestHub());
    const client = await RawClient.connect(served.url);
    client.say({ protocol: 'json', version });
    assert.deepEqual(await client.next(), { text: '{}\x1e', binary: false });
  });
}

for (const [what, request] of [
  ['of version 99', '{"protocol":"json","version":99}'],
  ['without a version', '{"protocol":"json"}'],
  ['of an unknown protocol', '{"protocol":"xml","version":1}'],
  ['of an inherited property', '{"protocol":"constructor","version":1}'],
  ['that is no object', 'null'],
  ['that is no JSON', 'hello'],
  ['that never ends', ' '.repeat(5000)],
]) {
  test(`a handshake ${what} is refused with an error`, async () => {
    const hub = createTestHub();
    await using served = await serve(hub);
    const client = await RawClient.connect(served.url);
    client.socket.send(`${request}\x1e`);
    assert.equal(typeof (await client.nextMessage())['error'], 'string');
    assert.equal(await client.closed(), 1002);
    await allEnded(hub);
    assert.equal(hub.stats.disconnects.handshake_refused, 1);
  });
}

test('a handshake may be split over frames and bring calls along', async () => {
  await using served = await serve(createTestHub());
  const client = await RawClient.connect(served.url);
  const bytes = `{"protocol":"json","version":1}\x1e${JSON.stringify(echo('1', 'ä'))}\x1e`;
  client.socket.send(bytes.slice(0, 7));
  client.socket.send('');
  client.socket.send(bytes.slice(7, 20));
  client.socket.send(Buffer.from(bytes.slice(20)));
  assert.equal(await client.nextText(), '{}\x1e');
  assert.deepEqual(await client.nextMessage(), {
    type: 3,
    invocationId: '1',
    result: Buffer.from('ä').toString('latin1'),
  });
});

test('a MessagePack handshake may bring calls along, and everything comes back binary', async () => {
  await using served = await serve(createTestHub());
  const client = await RawClient.connect(served.url);
  const handshake = Buffer.from('{"protocol":"messagepack","version":1}\x1e');
  client.sendBytes([...handshake, ...packed([1, {}, '7', 'Echo', ['hi'], []]), ...packed([6])]);
  assert.deepEqual(await client.next(), { text: '{}\x1e', binary: true });
  const completion = await client.next();
  assert.equal(completion.binary, true);
  assert.deepEqual(unpacked(completion), [3, {}, '7', 3, 'hi']);
});

test('a silent client is dropped when it does not complete the handshake in time', async () => {
  const hub = createTestHub({ limits: { sweepMs: 5, handshakeMs: 50 } });
  await using served = await serve(hub);
  const client = await RawClient.connect(served.url);
  assert.equal(await client.closed(), 1008);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.handshake_timeout, 1);
});

test('several calls in one frame are answered in order, binary frames of JSON too', async () => {
  await using served = await serve(createTestHub());
  const client = await RawClient.start(served.url);
  client.socket.send(
    Buffer.from([echo('1'), echo('2')].map((call) => `${JSON.stringify(call)}\x1e`).join('')),
  );
  client.say(echo('3'), { type: 6 }, echo('4'));
  const answers = [];
  for (let n = 0; n < 4; n++) answers.push(await client.nextMessage());
  assert.deepEqual(
    answers.map(({ invocationId }) => invocationId),
    ['1', '2', '3', '4'],
  );
});

test('a call without an id is not answered, unknown messages are passed over', async () => {
  await using served = await serve(createTestHub());
  const client = await RawClient.start(served.url);
  client.say(
    { type: 1, target: 'Echo', arguments: [1] },
    { type: 1, target: 'Missing', arguments: [], invocationId: null },
    { type: 2, invocationId: '9', item: 1 },
    { type: 3, invocationId: '9' },
    { type: 5, invocationId: '9' },
    { type: 8, sequenceId: 1 },
    { type: 9, sequenceId: 1 },
    { type: 77, whatever: true },
    { ...echo('last'), headers: { Authorization: 'Bearer secret' } },
  );
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: 'last', result: 'last' });
});

test('a stream call, and a call that uploads a stream, get a completion with an error', async () => {
  await using served = await serve(createTestHub());
  const client = await RawClient.start(served.url);
  client.say({ ...echo('1'), type: 4 }, { type: 5, invocationId: '1' });
  client.say({ ...echo('2'), streamIds: ['3'] }, { type: 2, invocationId: '3', item: 1 });
  const error = 'Echo neither sends nor receives streams.';
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '1', error });
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '2', error });
});

for (const [what, frame] of [
  ['no JSON', '{"type":1,\x1e'],
  ['no object', '7\x1e'],
  ['no type', '{}\x1e'],
  ['a type in words', '{"type":"1"}\x1e'],
  ['no end', '{"type":6}'],
  ['nothing between two ends', `${ping}\x1e`],
  ['a call without target', '{"type":1,"arguments":[]}\x1e'],
  ['a call without arguments', '{"type":1,"target":"Echo"}\x1e'],
  ['a call with a number as id', '{"type":1,"invocationId":1,"target":"Echo","arguments":[]}\x1e'],
  ['a stream call without id', '{"type":4,"target":"Echo","arguments":[]}\x1e'],
]) {
  test(`JSON with ${what} closes the connection with an error, others go on`, async () => {
    const hub = createTestHub();
    await using served = await serve(hub);
    const [client, other] = [await RawClient.start(served.url), await RawClient.start(served.url)];
    client.socket.send(frame!);
    const close = await client.nextMessage();
    assert.deepEqual([close['type'], close['allowReconnect']], [7, false]);
    assert.equal(typeof close['error'], 'string');
    assert.equal(await client.closed(), 1002);
    other.say(echo('1'));
    assert.equal((await other.nextMessage())['result'], '1');
    other.socket.close();
    await allEnded(hub);
    assert.equal(hub.stats.disconnects.malformed_message, 1);
  });
}

for (const [what, frame] of [
  ['an incomplete length', [0x80]],
  ['a length of six bytes', [0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0x91]],
  ['an incomplete message', [5, 0x91]],
  ['an empty message', [0]],
  ['no array', packed({ type: 1 })],
  ['an empty array', packed([])],
  ['a call without arguments', packed([1, {}, null, 'Echo'])],
  ['an unknown type of value', [2, 0x91, 0xc1]],
  ['bytes after its end', [2, 0x06, 0x06]],
  ['more elements claimed than there are', [6, 0x96, 1, 0xdd, 0x00, 0xff, 0xff]],
] as const) {
  test(`MessagePack with ${what} closes the connection with an error`, async () => {
    const hub = createTestHub();
    await using served = await serve(hub);
    const client = await RawClient.start(served.url, 'messagepack');
    client.sendBytes(frame as number[]);
    const [type, error, allowReconnect] = unpacked(await client.next()) as unknown[];
    assert.deepEqual([type, typeof error, allowReconnect], [7, 'string', false]);
    assert.equal(await client.closed(), 1002);
  });
}

test('a message of 32 KB is read, a larger one closes the connection, a huge frame is cut', async () => {
  const hub = createTestHub();
  await using served = await serve(hub);
  const large = await RawClient.start(served.url);
  const overhead = JSON.stringify(echo('1', '')).length;
  large.say(echo('1', 'x'.repeat(32 * 1024 - overhead)));
  assert.equal((await large.nextMessage())['type'], 3);
  large.say(echo('1', 'x'.repeat(32 * 1024 - overhead + 1)));
  assert.match(String((await large.nextMessage())['error']), /32769 bytes/);
  assert.equal(await large.closed(), 1009);

  const huge = await RawClient.start(served.url);
  huge.say(echo('1', 'x'.repeat(200 * 1024)));
  assert.equal(await huge.closed(), 1009);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.message_too_large, 2);
});

test('text that is not UTF-8 ends the connection', async () => {
  const hub = createTestHub();
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.socket.send(Buffer.from([0xff, 0x1e]), { binary: false });
  assert.equal(await client.closed(), 1007);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.malformed_message, 1);
});

test('a quiet server pings, and a client that pings stays', async () => {
  const hub = createTestHub({ limits: { sweepMs: 5, keepAliveMs: 40, clientTimeoutMs: 200 } });
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
  const hub = createTestHub({ limits: { sweepMs: 5, clientTimeoutMs: 50 } });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  assert.equal((await client.nextMessage())['allowReconnect'], true);
  await client.closed();
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.client_timeout, 1);
});

test('a Close message from the client ends the connection without an error', async () => {
  const events = new EventEmitter();
  const hub = createTestHub({ onDisconnected: (_, reason) => void events.emit('gone', reason) });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const gone = once(events, 'gone');
  client.say({ type: 7 });
  assert.equal(await client.closed(), 1000);
  assert.deepEqual(await gone, [{ code: 'client_closed' }]);
});

test('a connection that breaks off is told apart from one that is closed', async () => {
  const events = new EventEmitter();
  const hub = createTestHub({ onDisconnected: (_, reason) => void events.emit('gone', reason) });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const gone = once(events, 'gone');
  client.socket.terminate();
  assert.deepEqual(await gone, [{ code: 'connection_lost' }]);
});

test('a peer that ignores the closing handshake is cut off', async () => {
  const hub = createTestHub({ limits: { sweepMs: 5, closeMs: 50 } });
  hub.method(
    'Leave',
    () => [],
    (connection) => connection.close(),
  );
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.socket.pause();
  client.say({ type: 1, target: 'Leave', arguments: [] });
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.server_closed, 1);
});

test('a flood of calls waits in the socket, none is lost and the order is kept', async () => {
  const gate = Promise.withResolvers<void>();
  const hub = createTestHub();
  const ran: unknown[] = [];
  hub.method(
    'Work',
    ([n]) => [n],
    async (_connection, n) => {
      await gate.promise;
      ran.push(n);
    },
  );
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

test('a connection that is paused by its own calls does not time out', async () => {
  const gate = Promise.withResolvers<void>();
  const hub = createTestHub({
    limits: { sweepMs: 5, clientTimeoutMs: 100, unreadBytesMax: 1000 },
  });
  hub.method(
    'Wait',
    () => [],
    () => gate.promise,
  );
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  for (let n = 0; n < 100; n++) client.say({ type: 1, target: 'Wait', arguments: [] });
  client.say(echo('last'));
  await setTimeout(300);
  gate.resolve();
  assert.equal((await client.nextMessage())['result'], 'last');
});

test('after a pause the client has the whole timeout to be heard again', async () => {
  const call = Promise.withResolvers<undefined>();
  const limits = { ...defaultLimits, clientTimeoutMs: 50, unreadBytesMax: 1000 };
  const { connection, resumed } = connectTo({ limits, invoke: () => call.promise });
  await setImmediate();
  const frame = Buffer.from('{"type":1,"target":"Wait","arguments":[]}\x1e');
  for (let n = 0; n < 20; n++) connection.received(frame);
  await setTimeout(80);
  connection.sweep(performance.now());
  call.resolve(undefined);
  await resumed;
  connection.sweep(performance.now());
  assert.equal(connection.closed, false);
  connection.sweep(performance.now() + 60);
  assert.equal(connection.closed, true);
});

test('calls run at once up to the limit', async () => {
  let running = 0;
  let mostRunning = 0;
  const hub = createTestHub({ limits: { parallelInvocationsMax: 3 } });
  hub.method(
    'Work',
    () => [],
    async () => {
      mostRunning = Math.max(mostRunning, ++running);
      await setImmediate();
      running -= 1;
    },
  );
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

test('pushes, pings and completions that race never mix their bytes', async () => {
  const hub = createTestHub({ limits: { sweepMs: 1, keepAliveMs: 0 } });
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
  const hub = createTestHub({
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
