import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEchoHub, echo, packed, unpacked } from '../test/echo-hub.ts';
import { RawClient } from '../test/raw-client.ts';
import { allEnded, serve } from '../test/serve.ts';

for (const version of [0, 1, 2]) {
  test(`a handshake of version ${version} is accepted`, async () => {
    await using served = await serve(createEchoHub());
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
    const hub = createEchoHub();
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
  await using served = await serve(createEchoHub());
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
  await using served = await serve(createEchoHub());
  const client = await RawClient.connect(served.url);
  const handshake = Buffer.from('{"protocol":"messagepack","version":1}\x1e');
  client.sendBytes([...handshake, ...packed([1, {}, '7', 'Echo', ['hi'], []]), ...packed([6])]);
  assert.deepEqual(await client.next(), { text: '{}\x1e', binary: true });
  const completion = await client.next();
  assert.equal(completion.binary, true);
  assert.deepEqual(unpacked(completion), [3, {}, '7', 3, 'hi']);
});

test('a silent client is dropped when it does not complete the handshake in time', async () => {
  const hub = createEchoHub({ limits: { sweepMs: 5, handshakeMs: 50 } });
  await using served = await serve(hub);
  const client = await RawClient.connect(served.url);
  assert.equal(await client.closed(), 1008);
  await allEnded(hub);
  assert.equal(hub.stats.disconnects.handshake_timeout, 1);
});
