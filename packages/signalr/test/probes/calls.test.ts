// Calls, streams and results that know of each other only by ids that a client chooses.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { assertAlive, echoCall, json, layGround, until } from './ground.ts';

const { probe, end } = layGround();

probe('an id that is in use is refused, and the call that has it goes on', async ({ open }) => {
  const client = await open();
  client.say({ type: 1, invocationId: '1', target: 'Wait', arguments: [50] }, echoCall('1'));
  assert.match(String((await client.nextMessage())['error']), /'1' is already in use/);
  assert.equal((await client.nextMessage())['result'], 'waited');
});

probe('an id may be used again when its call is over', async ({ open }) => {
  const client = await open();
  for (let n = 0; n < 3; n++) {
    client.say(echoCall('same', n));
    assert.equal((await client.nextMessage())['result'], n);
  }
});

probe('a cancelled stream gets its completion, and a second cancellation nothing', async (g) => {
  const client = await g.open();
  client.say({ type: 4, invocationId: '1', target: 'Count', arguments: [1_000_000, 1] });
  await client.nextMessage();
  client.say({ type: 5, invocationId: '1' }, { type: 5, invocationId: '1' });
  let message = await client.nextMessage();
  while (message['type'] === 2) message = await client.nextMessage();
  assert.deepEqual(message, { type: 3, invocationId: '1' });
  await assertAlive(client);
  await until(() => g.hub.counts.streamsOpen === 0);
});

probe('a stream that is cancelled before it starts is completed', async ({ open }) => {
  const client = await open();
  client.say(
    { type: 4, invocationId: '1', target: 'Count', arguments: [5, 1_000] },
    { type: 5, invocationId: '1' },
  );
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '1' });
});

probe(
  'a stream call of what is no stream, and the other way round, are refused',
  async ({ open }) => {
    const client = await open();
    client.say({ ...echoCall('1'), type: 4 });
    assert.match(String((await client.nextMessage())['error']), /non-streaming/);
    client.say({ type: 1, invocationId: '2', target: 'Count', arguments: [1, 0] });
    assert.match(String((await client.nextMessage())['error']), /streaming/);
  },
);

probe('the stream beyond the hundredth is refused', async ({ open }) => {
  const client = await open();
  for (let n = 0; n < 101; n++) {
    client.say({ type: 4, invocationId: `${n}`, target: 'Count', arguments: [1, 500] });
  }
  const refused = await client.nextMessage();
  assert.deepEqual([refused['type'], refused['invocationId']], [3, '100']);
  assert.match(String(refused['error']), /100 streams/);
});

const upload = (streamIds: string[]) => ({
  type: 1,
  invocationId: 'sum',
  target: 'Sum',
  arguments: [],
  streamIds,
});

probe('a stream from the client is summed', async ({ open }) => {
  const client = await open();
  client.say(
    upload(['s']),
    { type: 2, invocationId: 's', item: 40 },
    { type: 2, invocationId: 's', item: 2 },
    { type: 3, invocationId: 's' },
  );
  assert.equal((await client.nextMessage())['result'], 42);
});

const brokenUploads: Record<string, [messages: object[], error: RegExp]> = {
  'with an error at its end': [
    [upload(['s']), { type: 3, invocationId: 's', error: 'gave up' }],
    /./,
  ],
  'of items of another kind': [[upload(['s']), { type: 2, invocationId: 's', item: 'x' }], /item/],
  'under an id twice': [[upload(['s', 's'])], /'s' is already in use/],
  'to a method that takes none': [[{ ...echoCall('sum'), streamIds: ['s'] }], /./],
  'that nobody announced a place for': [[{ ...upload([]), arguments: [1] }], /./],
};

for (const [what, [messages, error]] of Object.entries(brokenUploads)) {
  probe(`a stream from the client ${what} ends its call in an error`, async ({ open }) => {
    const client = await open();
    client.say(...messages);
    const answer = await client.nextMessage();
    assert.equal(answer['invocationId'], 'sum', JSON.stringify(answer));
    if (what.includes('announced') || what.includes('takes none')) return;
    assert.match(String(answer['error']), error);
  });
}

probe('items after the end of a stream are passed over', async ({ open }) => {
  const client = await open();
  client.say(
    upload(['s']),
    { type: 3, invocationId: 's' },
    { type: 2, invocationId: 's', item: 1 },
    { type: 3, invocationId: 's' },
  );
  assert.equal((await client.nextMessage())['result'], 0);
  await assertAlive(client);
});

probe('a result that the server asked for may come while its caller waits', async ({ open }) => {
  const client = await open();
  client.say({ type: 1, invocationId: '1', target: 'Ask', arguments: [] });
  const { invocationId, target } = await client.nextMessage();
  assert.equal(target, 'ask');
  client.say({ type: 3, invocationId: String(invocationId), result: 'yes' });
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '1', result: 'yes' });
  client.say({ type: 3, invocationId: String(invocationId), result: 'twice' });
  await assertAlive(client);
});

probe(
  'a result under another id leaves the call waiting until its time is up',
  async ({ open }) => {
    const client = await open();
    client.say({ type: 1, invocationId: '1', target: 'Ask', arguments: [] });
    await client.nextMessage();
    client.say({ type: 3, invocationId: 'other', result: 'yes' });
    assert.match(String((await client.nextMessage())['error']), /Ask/);
  },
);

probe('calls that wait are forgotten when their client goes', async ({ open, hub, quiet }) => {
  const client = await open();
  const { calls } = hub.counts;
  client.say({ type: 1, target: 'Stay', arguments: [] }, echoCall('1'), echoCall('2'));
  client.socket.ping();
  await once(client.socket, 'pong');
  client.socket.terminate();
  await quiet();
  assert.equal(hub.counts.calls, calls);
});

probe('calls behind a Leave are not carried out', async ({ open, hub }) => {
  const client = await open();
  const { calls } = hub.counts;
  client.say({ type: 1, target: 'Leave', arguments: [] }, echoCall('1'), echoCall('2'));
  assert.deepEqual(await client.nextMessage(), { type: 7, allowReconnect: false });
  assert.equal(await client.closed(), 1000);
  assert.equal(hub.counts.calls, calls);
});

probe('two thousand calls in one frame are all answered', async ({ open }) => {
  const client = await open();
  client.socket.send(Array.from({ length: 2_000 }, (_, n) => json(echoCall(`${n}`))).join(''));
  for (let n = 0; n < 2_000; n++) {
    assert.equal((await client.nextMessage())['invocationId'], `${n}`);
  }
});

probe('a malformed message ends running calls and streams', async ({ open, hub }) => {
  const client = await open();
  client.say({ type: 4, invocationId: '1', target: 'Count', arguments: [1_000_000, 200] });
  await until(() => hub.counts.streamsOpen === 1);
  client.socket.send('{]\x1e');
  let message = await client.nextMessage();
  while (message['type'] === 2) message = await client.nextMessage();
  assert.equal(message['type'], 7);
  assert.equal(await client.closed(), 1002);
  await until(() => hub.counts.streamsOpen === 0);
});

end();
