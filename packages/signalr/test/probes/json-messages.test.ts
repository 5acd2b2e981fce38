// Messages in JSON, good and bad. Bad ones close the connection with words; what is merely unknown is
// passed over.
import assert from 'node:assert/strict';
import { assertAlive, assertClosed, echoCall, json, layGround } from './ground.ts';

const { probe, end } = layGround();
const ping = json({ type: 6 });

const passedOver: Record<string, string> = {
  'a ping': ping,
  'two hundred pings at once': ping.repeat(200),
  'a ping with fields': json({ type: 6, x: 1 }),
  'a type of the future': json({ type: 10, whatever: { deep: [] } }),
  'a type below zero': json({ type: -1 }),
  'a type with a fraction': json({ type: 1.5 }),
  'an item of an unknown stream': json({ type: 2, invocationId: 'x', item: 1 }),
  'a completion that nobody waits for': json({ type: 3, invocationId: 'x', result: 1 }),
  'a completion without a result': json({ type: 3, invocationId: 'x' }),
  'a cancellation of an unknown call': json({ type: 5, invocationId: 'x' }),
  'an acknowledgement without a stateful reconnect': json({ type: 8, sequenceId: 5 }),
  'a sequence without a stateful reconnect': json({ type: 9, sequenceId: 5 }),
  'a call that wants no answer, of a method that is missing': json({
    type: 1,
    target: 'Missing',
    arguments: [],
  }),
};

for (const [what, text] of Object.entries(passedOver)) {
  probe(`${what} is passed over`, async ({ open }) => {
    const client = await open();
    client.socket.send(text);
    await assertAlive(client);
  });
}

const malformed: Record<string, string> = {
  'nothing between two ends': `${ping}\x1e`,
  'no end': '{"type":6}',
  'half a message': '{"type":1,"invocationId":"1","target":"Ec',
  'no JSON': 'hello\x1e',
  'a number': '6\x1e',
  'a list': '[6]\x1e',
  null: 'null\x1e',
  'an object without a type': '{"target":"Echo"}\x1e',
  'a type in words': '{"type":"6"}\x1e',
  'a type that is null': '{"type":null}\x1e',
  'a call without a target': json({ type: 1, arguments: [] }),
  'a call of nothing': json({ type: 1, target: '', arguments: [] }),
  'a call of a number': json({ type: 1, target: 7, arguments: [] }),
  'a call without arguments': json({ type: 1, target: 'Echo' }),
  'a call with an object for arguments': json({ type: 1, target: 'Echo', arguments: {} }),
  'a call with a number for its id': json({ ...echoCall('1'), invocationId: 1 }),
  'a call with nothing for its id': json({ ...echoCall('1'), invocationId: '' }),
  'a call with a word for its streams': json({ ...echoCall('1'), streamIds: 'x' }),
  'a call with a number for a stream': json({ ...echoCall('1'), streamIds: [1] }),
  'a stream call without an id': json({ type: 4, target: 'Count', arguments: [1, 0] }),
  'an item without an id': json({ type: 2, item: 1 }),
  'an item without an item': json({ type: 2, invocationId: 'x' }),
  'a completion without an id': json({ type: 3, result: 1 }),
  'a completion with a result and an error': json({
    type: 3,
    invocationId: 'x',
    result: 1,
    error: 'e',
  }),
  'a completion with a number for its error': json({ type: 3, invocationId: 'x', error: 1 }),
  'a cancellation without an id': json({ type: 5 }),
  'an acknowledgement of nothing': json({ type: 8 }),
  'an acknowledgement below zero': json({ type: 8, sequenceId: -1 }),
  'a sequence in words': json({ type: 9, sequenceId: 'one' }),
  'brackets a thousand deep, without their ends': `${'['.repeat(1_000)}\x1e`,
  'a good message behind a zero byte': `\x00${ping}`,
  MessagePack: '\x02\x91\x06',
};

for (const [what, text] of Object.entries(malformed)) {
  probe(`${what} closes the connection`, async ({ open }) => {
    const client = await open();
    client.socket.send(text);
    await assertClosed(client, 1002, /./);
  });
}

probe('what stands behind a bad message is not carried out', async ({ open, hub }) => {
  const client = await open();
  const { calls } = hub.counts;
  client.socket.send(`{]\x1e${json(echoCall('behind'))}`);
  await assertClosed(client, 1002, /JSON/);
  assert.equal(hub.counts.calls, calls);
});

probe('the words of an error quote nothing of what came', async ({ open }) => {
  const client = await open();
  client.socket.send('{"type":1,"target":"Echo","arguments":"Bearer hunter2"}\x1e');
  const close = await client.nextMessage();
  assert.doesNotMatch(JSON.stringify(close), /hunter2/);
});

const answered: [what: string, call: Record<string, unknown>, answer: Record<string, unknown>][] = [
  ['a method in other letters', { target: 'eCHO', arguments: [1] }, { result: 1 }],
  ['a method that is missing', { target: 'Missing', arguments: [] }, { error: /Missing/ }],
  ['a method of Object', { target: 'toString', arguments: [] }, { error: /toString/ }],
  ['__proto__', { target: '__proto__', arguments: [] }, { error: /__proto__/ }],
  ['too few arguments', { target: 'Wait', arguments: [] }, { error: /argument/i }],
  ['too many arguments', { target: 'Echo', arguments: [1, 2] }, { error: /argument/i }],
  ['arguments of another kind', { target: 'Wait', arguments: ['1'] }, { error: /Argument 1/ }],
  ['a stream method as a method', { target: 'Count', arguments: [1, 0] }, { error: /streaming/ }],
  [
    'a token in its headers',
    { target: 'Echo', arguments: [1], headers: { A: 'b' } },
    { result: 1 },
  ],
  ['headers that are none', { target: 'Echo', arguments: [1], headers: 7 }, { result: 1 }],
  ['fields nobody knows', { target: 'Echo', arguments: [1], x: { y: [] } }, { result: 1 }],
  ['no streams', { target: 'Echo', arguments: [1], streamIds: [] }, { result: 1 }],
  ['null streams', { target: 'Echo', arguments: [1], streamIds: null }, { result: 1 }],
  ['a refusal', { target: 'Refuse', arguments: [] }, { error: /^no$/ }],
  ['a key twice', { target: 'Echo', arguments: [{ __proto__: null }] }, { result: {} }],
];

for (const [what, call, { result, error }] of answered) {
  probe(`a call with ${what} is answered`, async ({ open }) => {
    const client = await open();
    client.say({ type: 1, invocationId: '1', ...call });
    const answer = await client.nextMessage();
    assert.deepEqual([answer['type'], answer['invocationId']], [3, '1']);
    if (error === undefined) assert.deepEqual(answer['result'], result);
    else assert.match(String(answer['error']), error as RegExp);
  });
}

probe('a property named __proto__ stays data', async ({ open }) => {
  const client = await open();
  const text =
    '{"type":1,"invocationId":"1","target":"Echo","arguments":[{"__proto__":{"admin":true}}]}';
  client.socket.send(`${text}\x1e`);
  const { result } = (await client.nextMessage()) as { result: Record<string, unknown> };
  assert.deepEqual(Object.keys(result), ['__proto__']);
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});

probe(
  'a Close with an error from the client is taken as its leaving',
  async ({ open, hub, quiet }) => {
    await quiet();
    const { client_closed: before } = hub.stats.disconnects;
    const client = await open();
    client.say({ type: 7, error: 'I am out of here' });
    assert.equal(await client.closed(), 1000);
    await quiet();
    assert.equal(hub.stats.disconnects.client_closed, before + 1);
  },
);

probe('a message of 32 KB is read, with a byte more it is not', async ({ open }) => {
  const bytes = 32 * 1024;
  const overhead = json(echoCall('1', '')).length - 1;
  const fits = await open();
  fits.say(echoCall('1', 'x'.repeat(bytes - overhead)));
  assert.equal((await fits.nextMessage())['type'], 3);
  const long = await open();
  long.say(echoCall('1', 'x'.repeat(bytes - overhead + 1)));
  await assertClosed(long, 1009, /32769 bytes/);
});

probe('nesting a thousand deep is data like any other', async ({ open }) => {
  const client = await open();
  const deep = `${'['.repeat(1_000)}${']'.repeat(1_000)}`;
  client.socket.send(`{"type":1,"invocationId":"1","target":"Echo","arguments":[${deep}]}\x1e`);
  assert.match(await client.nextText(), /\[{1000}\]{1000}/);
});

end();
