// Messages in MessagePack, whole, broken and lying about their length.
import assert from 'node:assert/strict';
import { encode } from '@msgpack/msgpack';
import { packed, unpacked } from '../echo-hub.ts';
import type { RawClient } from '../raw-client.ts';
import { layGround } from './ground.ts';

const { probe, end } = layGround();
const call = (id: unknown, value: unknown = 1) => [1, {}, id, 'Echo', [value], []];

const passedOver: Record<string, number[]> = {
  'a ping': packed([6]),
  'a thousand pings': Array.from({ length: 1_000 }, () => packed([6])).flat(),
  'a ping with more fields': packed([6, 1, 'x']),
  'a ping with a length of five bytes': [0x82, 0x80, 0x80, 0x80, 0x00, 0x91, 0x06],
  'a type of the future': packed([200, {}, 'x']),
  'a completion that nobody waits for': packed([3, {}, 'x', 3, 1]),
  'a cancellation of an unknown call': packed([5, {}, 'x']),
  'an item of an unknown stream': packed([2, {}, 'x', 1]),
  'an acknowledgement without a stateful reconnect': packed([8, 5]),
};

for (const [what, bytes] of Object.entries(passedOver)) {
  probe(`${what} is passed over`, async ({ open }) => {
    const client = await open('messagepack');
    client.sendBytes(bytes);
    await assertAlive(client);
  });
}

const malformed: Record<string, number[]> = {
  'an empty message': [0],
  'half a length': [0x80],
  'a length of six bytes': [0x82, 0x80, 0x80, 0x80, 0x80, 0x00, 0x91, 0x06],
  'a length beyond the frame': [9, 0x91, 0x06],
  'a length short of the message': [1, 0x91, 0x06],
  'half a message': packed(call('1')).slice(0, -3),
  'a map': packed({ type: 6 }),
  'a number': packed(6),
  'an empty list': packed([]),
  'a type in words': packed(['6']),
  'a type that is nil': packed([null]),
  'the byte that MessagePack never uses': [2, 0x91, 0xc1],
  'two values in one message': [3, 0x91, 0x06, 0xc0],
  'a call without arguments': packed([1, {}, '1', 'Echo']),
  'a call without a target': packed([1, {}, '1', null, [], []]),
  'a call with a number for its id': packed(call(1)),
  'a stream call without an id': packed([4, {}, null, 'Count', [1, 0], []]),
  'a completion of an unknown kind': packed([3, {}, 'x', 9, 1]),
  'an acknowledgement below zero': packed([8, -1]),
  'text that claims to be longer': [4, 0x92, 0x01, 0xd9, 0xff],
  'a list that claims four billion elements': [7, 0x92, 0x01, 0xdd, 0xff, 0xff, 0xff, 0xff],
  'a map that claims four billion pairs': [7, 0x92, 0x01, 0xdf, 0xff, 0xff, 0xff, 0xff],
  'lists in lists without an end': [0x80, 0x02, ...Array.from({ length: 256 }, () => 0x91)],
  'lists nested beyond the limit': nested(200),
  JSON: [...Buffer.from('{"type":6}\x1e')],
};

for (const [what, bytes] of Object.entries(malformed)) {
  probe(`${what} closes the connection`, async ({ open }) => {
    const client = await open('messagepack');
    client.sendBytes(bytes);
    const [type, error, allowReconnect] = unpacked(await client.next()) as unknown[];
    assert.deepEqual([type, typeof error, allowReconnect], [7, 'string', false]);
    assert.equal(await client.closed(), 1002);
  });
}

for (const [what, prefix] of Object.entries({
  '4 GB': [0xff, 0xff, 0xff, 0xff, 0x0f],
  'more than 32 bits': [0xff, 0xff, 0xff, 0xff, 0x7f],
})) {
  probe(`a length of ${what} closes the connection as too large`, async ({ open }) => {
    const client = await open('messagepack');
    client.sendBytes(prefix);
    assert.equal((unpacked(await client.next()) as unknown[])[0], 7);
    assert.equal(await client.closed(), 1009);
  });
}

const values: Record<string, unknown> = {
  nil: null,
  'a negative number': -(2 ** 31),
  'a float': 1.5,
  bytes: Uint8Array.from([0, 0x1e, 255]),
  'text with a record separator': 'a\x1eb',
  'a map in a list': [{ a: [{}] }],
};

for (const [what, value] of Object.entries(values)) {
  probe(`${what} comes back as it went`, async ({ open }) => {
    const client = await open('messagepack');
    client.sendBytes(packed(call('1', value)));
    const answer = Buffer.from(packed([3, {}, '1', 3, value]));
    assert.equal((await client.next()).text, answer.toString('latin1'));
  });
}

probe('many messages in a frame are answered in order', async ({ open }) => {
  const client = await open('messagepack');
  const ids = Array.from({ length: 50 }, (_, n) => `${n}`);
  client.sendBytes(ids.flatMap((id) => packed(call(id))));
  for (const id of ids) assert.equal((unpacked(await client.next()) as unknown[])[2], id);
});

probe('MessagePack in a text frame is no text, and ends the WebSocket', async ({ open }) => {
  const client = await open('messagepack');
  client.socket.send(Buffer.from(packed([6])), { binary: false });
  assert.equal(await client.closed(), 1007);
});

probe('a token in the headers of a call is passed over', async ({ open }) => {
  const client = await open('messagepack');
  client.sendBytes(packed([1, { Authorization: 'Bearer x' }, '1', 'Echo', [1], []]));
  assert.deepEqual(unpacked(await client.next()), [3, {}, '1', 3, 1]);
});

probe('a call without the list of streams is read, as older clients send it', async ({ open }) => {
  const client = await open('messagepack');
  client.sendBytes(packed([1, {}, '1', 'Echo', [1]]));
  assert.deepEqual(unpacked(await client.next()), [3, {}, '1', 3, 1]);
});

probe('a message of 32 KB is read, with a byte more it is not', async ({ open }) => {
  const bytesMax = 32 * 1024;
  const overhead = encode(call('1', new Uint8Array(1_000))).length - 1_000;
  const framed = (length: number) => {
    const body = encode(call('1', new Uint8Array(length - overhead)));
    assert.equal(body.length, length);
    return [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14, ...body];
  };
  const fits = await open('messagepack');
  fits.sendBytes(framed(bytesMax));
  assert.ok((await fits.next()).text.length > bytesMax / 2);
  const long = await open('messagepack');
  long.sendBytes(framed(bytesMax + 1));
  await long.next();
  assert.equal(await long.closed(), 1009);
});

end();

async function assertAlive(client: RawClient): Promise<void> {
  client.sendBytes(packed(call('alive')));
  assert.deepEqual(unpacked(await client.next()), [3, {}, 'alive', 3, 1]);
}

/** A message with a list in a list and so on, complete. */
function nested(depth: number): number[] {
  const body = [0x92, 0x06, ...Array.from({ length: depth }, () => 0x91), 0xc0];
  return [(body.length & 0x7f) | 0x80, body.length >> 7, ...body];
}
