import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEchoHub, echo, packed, unpacked } from '../test/echo-hub.ts';
import { RawClient } from '../test/raw-client.ts';
import { allEnded, serve } from '../test/serve.ts';

const ping = '{"type":6}\x1e';

test('several calls in one frame are answered in order, binary frames of JSON too', async () => {
  await using served = await serve(createEchoHub());
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
  await using served = await serve(createEchoHub());
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
  ['a stream id that is a number', '{"type":1,"target":"Echo","arguments":[],"streamIds":[1]}\x1e'],
  ['an item without id', '{"type":2,"item":1}\x1e'],
  ['an item without its value', '{"type":2,"invocationId":"1"}\x1e'],
  ['a completion without id', '{"type":3}\x1e'],
  ['a completion with two outcomes', '{"type":3,"invocationId":"1","result":1,"error":"x"}\x1e'],
  ['a completion with a number as error', '{"type":3,"invocationId":"1","error":1}\x1e'],
  ['a cancellation without id', '{"type":5}\x1e'],
  ['an acknowledgement of no number', '{"type":8,"sequenceId":"1"}\x1e'],
  ['a sequence below zero', '{"type":9,"sequenceId":-1}\x1e'],
]) {
  test(`JSON with ${what} closes the connection with an error, others go on`, async () => {
    const hub = createEchoHub();
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
  ['an item without its value', packed([2, {}, '1'])],
  ['a completion of an unknown kind', packed([3, {}, '1', 4, 'x'])],
  ['a completion without its result', packed([3, {}, '1', 3])],
  ['a completion with no error', packed([3, {}, '1', 1, null])],
  ['a cancellation without id', packed([5, {}])],
  ['an acknowledgement of no number', packed([8])],
  ['an unknown type of value', [2, 0x91, 0xc1]],
  ['bytes after its end', [2, 0x06, 0x06]],
  ['more elements claimed than there are', [6, 0x96, 1, 0xdd, 0x00, 0xff, 0xff]],
] as const) {
  test(`MessagePack with ${what} closes the connection with an error`, async () => {
    const hub = createEchoHub();
    await using served = await serve(hub);
    const client = await RawClient.start(served.url, 'messagepack');
    client.sendBytes(frame as number[]);
    const [type, error, allowReconnect] = unpacked(await client.next()) as unknown[];
    assert.deepEqual([type, typeof error, allowReconnect], [7, 'string', false]);
    assert.equal(await client.closed(), 1002);
  });
}

test('a message of 32 KB is read, a larger one closes the connection, a huge frame is cut', async () => {
  const hub = createEchoHub();
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
  const hub = createEchoHub();
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.socket.send(Buffer.from([0xff, 0x1e]), { binary: false });
  assert.equal(await client.closed(), 1007);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.malformed_message, 1);
});
