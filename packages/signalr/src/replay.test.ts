import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { encodeInvocation, type Limits } from '@atlas/signalr';
import { createEchoHub as createHub, echo, unpacked } from '../test/echo-hub.ts';
import { RawClient } from '../test/raw-client.ts';
import { negotiate, upgradeStatus } from '../test/requests.ts';
import { allEnded, serve } from '../test/serve.ts';

const createEchoHub = (limits: Partial<Limits> = {}) =>
  createHub({ limits: { sweepMs: 10, ...limits } });

/** The URL of a connection that may be taken up again, and its first socket after the handshake. */
async function startStateful(url: string, protocol = 'json') {
  const query = '?negotiateVersion=1&useStatefulReconnect=true';
  const { connectionToken } = await negotiate(url, query);
  const connection = `${url}?id=${connectionToken}`;
  const client = await RawClient.connect(connection);
  client.say({ protocol, version: 2 });
  await client.nextText();
  return { url: connection, client };
}

const sequence = (sequenceId: number) => ({ type: 9, sequenceId });
const completion = (id: string) => ({ type: 3, invocationId: id, result: id });

function messagesOf(frame: string): unknown[] {
  return frame
    .split('\x1e')
    .slice(0, -1)
    .map((text) => JSON.parse(text) as unknown);
}

test('a new socket replaces the old one: first the sequence, then what was not acknowledged', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.say(echo('1'), echo('2'), echo('3'));
  for (const id of ['1', '2', '3']) assert.deepEqual(await client.nextMessage(), completion(id));
  client.say({ type: 8, sequenceId: 1 });
  client.say(echo('4'));
  while (((await client.nextMessage()) as { invocationId?: string }).invocationId !== '4');
  const again = await RawClient.connect(url);
  assert.deepEqual(messagesOf(await again.nextText()), [sequence(2)]);
  assert.deepEqual(messagesOf(await again.nextText()), ['2', '3', '4'].map(completion));
  assert.equal(await client.closed(), 1006);
  assert.deepEqual([hub.stats.connections, hub.stats.reattached], [1, 1]);
});

test('when all was acknowledged the sequence is the next number, and nothing follows', async () => {
  const hub = createEchoHub({ keepAliveMs: 40 });
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.say(echo('1'));
  await client.nextMessage();
  client.say({ type: 8, sequenceId: 1 }, echo('2'));
  while ((await client.nextMessage())['invocationId'] !== '2');
  client.say({ type: 8, sequenceId: 2 });
  client.say(echo('3'));
  while ((await client.nextMessage())['invocationId'] !== '3');
  client.say({ type: 8, sequenceId: 99 });
  // An echo shows that the ack has been read; its own completion is all that is left.
  client.say(echo('4'));
  while ((await client.nextMessage())['invocationId'] !== '4');
  const again = await RawClient.connect(url);
  assert.deepEqual(messagesOf(await again.nextText()), [sequence(4)]);
  assert.deepEqual(messagesOf(await again.nextText()), [completion('4')]);
});

test('what the client repeats is worked on once, and what comes before its sequence not at all', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.say(echo('1'), echo('2'));
  await client.nextMessage();
  await client.nextMessage();
  client.socket.terminate();
  const again = await RawClient.connect(url);
  await again.next();
  await again.next();
  again.say(echo('too early'));
  again.say(sequence(2), echo('2'), echo('3'));
  let answer = await again.nextMessage();
  while (answer['type'] === 8) answer = await again.nextMessage();
  assert.deepEqual(answer, completion('3'));
  assert.equal(hub.stats.invocations, 3);
});

test('a sequence that leaves messages out closes the connection with an error', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.socket.terminate();
  const again = await RawClient.connect(url);
  await again.next();
  again.say(sequence(2));
  const { type, error } = await again.nextMessage();
  assert.deepEqual([type, typeof error], [7, 'string']);
  assert.equal(await again.closed(), 1002);
});

test('an acknowledgement that a broken socket may have swallowed is given again', async () => {
  await using served = await serve(createEchoHub());
  const { url, client } = await startStateful(served.url);
  client.say(echo('1'));
  while ((await client.nextMessage())['type'] !== 8);
  client.socket.terminate();
  const again = await RawClient.connect(url);
  assert.deepEqual(await again.nextMessage(), sequence(1));
  // The client has not heard of it, so it repeats what it sent, and would wait for ever.
  again.say(sequence(1), echo('1'));
  while ((await again.nextMessage())['type'] !== 8);
});

test('a client whose replay broke off goes on where it was acknowledged meanwhile', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.say(echo('1'), echo('2'), echo('3'));
  for (const id of ['1', '2', '3']) {
    let answer = await client.nextMessage();
    while (answer['type'] === 8) answer = await client.nextMessage();
    assert.deepEqual(answer, completion(id));
  }
  client.socket.terminate();
  const second = await RawClient.connect(url);
  await second.nextMessage();
  second.say(sequence(1), echo('1'));
  let acknowledged = await second.nextMessage();
  while (acknowledged['type'] !== 8) acknowledged = await second.nextMessage();
  assert.deepEqual(acknowledged, { type: 8, sequenceId: 3 });
  second.socket.terminate();
  const third = await RawClient.connect(url);
  await third.nextMessage();
  third.say(sequence(4), echo('4'));
  let answer = await third.nextMessage();
  while (answer['invocationId'] !== '4') answer = await third.nextMessage();
  assert.equal(hub.stats.invocations, 4);
});

test('what arrives is acknowledged by the sweep, and at once when it is much', async () => {
  await using served = await serve(createEchoHub({ sweepMs: 60_000 }));
  const { client } = await startStateful(served.url);
  const note = { type: 1, target: 'Echo', arguments: ['x'.repeat(20_000)] };
  client.say(note);
  client.say(note);
  assert.deepEqual(await client.nextMessage(), { type: 8, sequenceId: 2 });
  await using swept = await serve(createEchoHub({ sweepMs: 10 }));
  const { client: quiet } = await startStateful(swept.url);
  quiet.say(
    { type: 1, target: 'Echo', arguments: [1] },
    { type: 6 },
    { type: 5, invocationId: 'a' },
  );
  assert.deepEqual(await quiet.nextMessage(), { type: 8, sequenceId: 2 });
});

test('a completion that nobody waits for stands in for what was sent as latest', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url, 'messagepack');
  client.sendBytes([2, 0x91, 6]);
  while ([...hub.connections()].length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [connection] = [...hub.connections()];
  connection!.sendEncoded([encodeInvocation('news', [1], { latest: true })]);
  connection!.sendEncoded([encodeInvocation('news', [2])]);
  await client.next();
  await client.next();
  client.socket.terminate();
  const again = await RawClient.connect(url);
  assert.deepEqual(unpacked(await again.next()), [9, 1]);
  const replay = Buffer.from((await again.nextText()).slice(0), 'latin1');
  const first = replay.subarray(0, replay[0]! + 1);
  const second = replay.subarray(replay[0]! + 1);
  assert.deepEqual(unpacked({ text: first.toString('latin1') }), [3, {}, 'overtaken', 2]);
  assert.deepEqual(unpacked({ text: second.toString('latin1') }), [1, {}, null, 'news', [2], []]);
});

test('a flood waits in its sender on the new socket as it did on the old one', async () => {
  const hub = createEchoHub({ unreadBytesMax: 20_000, waitingInvocationsMax: 1 });
  const gate = Promise.withResolvers<void>();
  hub.method('Wait', [], () => gate.promise);
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  const wait = { type: 1, invocationId: 'w', target: 'Wait', arguments: [] };
  const flood = (socket: RawClient) => {
    for (let n = 0; n < 2_000; n++) socket.say(echo(String(n), 'x'.repeat(10_000)));
  };
  const settled = async () => {
    for (let before = -1; before !== hub.stats.bytesReceived; await setTimeout(100)) {
      before = hub.stats.bytesReceived;
    }
    return hub.stats.bytesReceived;
  };
  client.say(wait, { ...wait, invocationId: 'v' });
  flood(client);
  const received = await settled();
  client.socket.terminate();
  const again = await RawClient.connect(url);
  await again.next();
  again.say(sequence(1));
  flood(again);
  const more = (await settled()) - received;
  assert.ok(received < 3_000_000 && more < 3_000_000, `${received} and ${more} bytes`);
  gate.resolve();
});

test('a broken connection is kept for a time, and then it is lost', async () => {
  const hub = createEchoHub({ reattachMs: 100 });
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.socket.terminate();
  while (hub.stats.detached === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hub.stats.connections, 1);
  await allEnded(hub);
  assert.deepEqual([hub.stats.detached, hub.stats.disconnects.connection_lost], [0, 1]);
  assert.equal(await upgradeStatus(url), 404);
});

test('only so many broken connections are kept, and none that is closed in order', async () => {
  const hub = createEchoHub({ detachedMax: 1 });
  await using served = await serve(hub);
  const all = [];
  for (let n = 0; n < 3; n++) all.push(await startStateful(served.url));
  all[0]!.client.socket.close(1000);
  while (hub.stats.connections > 2) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hub.stats.detached, 0);
  all[1]!.client.socket.terminate();
  while (hub.stats.detached === 0) await new Promise((resolve) => setImmediate(resolve));
  all[2]!.client.socket.terminate();
  while (hub.stats.connections > 1) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(hub.stats.detached, 1);
  assert.equal(await upgradeStatus(all[2]!.url), 404);
  assert.equal(await upgradeStatus(all[1]!.url), 101);
});

test('a host that sends to a broken connection fills its buffer and no more', async () => {
  const hub = createEchoHub({ replayBytesMax: 50_000 });
  await using served = await serve(hub);
  const { client } = await startStateful(served.url);
  const [connection] = [...hub.connections()];
  client.socket.terminate();
  while (hub.stats.detached === 0) await new Promise((resolve) => setImmediate(resolve));
  const latest = encodeInvocation('news', ['x'.repeat(1_000)], { latest: true });
  for (let n = 0; n < 5_000; n++) connection!.sendEncoded([latest]);
  assert.equal(connection!.closed, false);
  let sent = 0;
  while (!connection!.closed) connection!.send('page', [sent++, 'x'.repeat(1_000)]);
  assert.ok(sent < 50, `${sent} pages`);
  assert.deepEqual([hub.stats.detached, hub.stats.disconnects.slow_consumer], [0, 1]);
});

test('a question that is too much to keep for a broken connection fails with it', async () => {
  const hub = createEchoHub({ replayBytesMax: 1_000 });
  await using served = await serve(hub);
  const { client } = await startStateful(served.url);
  const [connection] = [...hub.connections()];
  client.socket.terminate();
  while (hub.stats.detached === 0) await new Promise((resolve) => setImmediate(resolve));
  const asked = connection!.invoke('ask', ['x'.repeat(1_000)]);
  await assert.rejects(asked, { name: 'ClientResultError', code: 'disconnected' });
});

test('a client that never acknowledges goes on, but not over another socket', async () => {
  const hub = createEchoHub({ replayMessagesMax: 100 });
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  for (let n = 0; n < 150; n++) client.say(echo(String(n)));
  for (let n = 0; n < 150;) if ((await client.nextMessage())['type'] === 3) n += 1;
  client.socket.terminate();
  await allEnded(hub);
  assert.equal(await upgradeStatus(url), 404);
});

test('a client whose loss nobody has noticed, and who has missed more than is kept, starts anew', async () => {
  const hub = createEchoHub({ replayMessagesMax: 2 });
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.say(echo('1'), echo('2'), echo('3'));
  for (const id of ['1', '2', '3']) assert.deepEqual(await client.nextMessage(), completion(id));
  assert.equal(await upgradeStatus(url), 404);
  await client.closed();
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.slow_consumer, 1);
});

test('who does not ask for it at the handshake too has no second socket', async () => {
  await using served = await serve(createEchoHub());
  const query = '?negotiateVersion=1&useStatefulReconnect=true';
  const url = `${served.url}?id=${(await negotiate(served.url, query)).connectionToken}`;
  const client = await RawClient.connect(url);
  assert.equal(await upgradeStatus(url), 409);
  client.say({ protocol: 'json', version: 1 });
  await client.next();
  assert.equal(await upgradeStatus(url), 409);
  client.say(echo('1'), { type: 8, sequenceId: 5 }, sequence(7), echo('2'));
  assert.deepEqual(await client.nextMessage(), completion('1'));
  assert.deepEqual(await client.nextMessage(), completion('2'));
});

test('a connection that was closed is unknown to a new socket, also while it waits for its client', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const { url, client } = await startStateful(served.url);
  client.socket.terminate();
  while (hub.stats.detached === 0) await new Promise((resolve) => setImmediate(resolve));
  for (const connection of hub.connections()) connection.close();
  await allEnded(hub);
  assert.equal(await upgradeStatus(url), 404);
});
