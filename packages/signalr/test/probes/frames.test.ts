// The frames of the WebSocket, below the messages: RFC 6455 by hand.
import assert from 'node:assert/strict';
import { echoCall, json, layGround } from './ground.ts';
import { opcodes, type OutgoingFrame } from './raw-socket.ts';

const { probe, end } = layGround();
const call = json(echoCall('1'));
const answer = json({ type: 3, invocationId: '1', result: '1' });

/** Frames that together are one call. */
const whole: Record<string, OutgoingFrame[]> = {
  'one frame': [{ text: call }],
  'two fragments': [
    { text: call.slice(0, 9), fin: false },
    { bytes: Buffer.from(call.slice(9)), opcode: opcodes.more },
  ],
  'a fragment a byte': Array.from(call, (char, index) => ({
    bytes: Buffer.from(char),
    opcode: index === 0 ? opcodes.text : opcodes.more,
    fin: index === call.length - 1,
  })),
  'fragments with a ping between them': [
    { text: call.slice(0, 9), fin: false },
    { opcode: opcodes.ping, bytes: Buffer.from('now?') },
    { bytes: Buffer.from(call.slice(9)), opcode: opcodes.more },
  ],
  'an empty first fragment': [
    { text: '', fin: false },
    { bytes: Buffer.from(call), opcode: opcodes.more },
  ],
  'a binary frame': [{ bytes: Buffer.from(call) }],
  'a frame behind an empty one': [{ text: '' }, { text: call }],
  'a frame behind a pong that nobody asked for': [{ opcode: opcodes.pong }, { text: call }],
};

for (const [what, frames] of Object.entries(whole)) {
  probe(`a call in ${what} is answered`, async ({ socket }) => {
    const client = await socket({ handshake: true });
    for (const frame of frames) client.sendFrame(frame);
    let frame = await client.nextFrame();
    if (frame.opcode === opcodes.pong) {
      assert.equal(frame.text, 'now?');
      frame = await client.nextFrame();
    }
    assert.deepEqual([frame.opcode, frame.text], [opcodes.text, answer]);
  });
}

const broken: Record<string, { frames: OutgoingFrame[]; status: number }> = {
  'a frame without a mask': { frames: [{ text: call, masked: false }], status: 1002 },
  'the first reserved bit': { frames: [{ text: call, rsv: 4 }], status: 1002 },
  'the second reserved bit': { frames: [{ text: call, rsv: 2 }], status: 1002 },
  'an unknown opcode': { frames: [{ bytes: Buffer.from(call), opcode: 3 }], status: 1002 },
  'an unknown opcode of control': { frames: [{ opcode: 11 }], status: 1002 },
  'a ping in fragments': { frames: [{ opcode: opcodes.ping, fin: false }], status: 1002 },
  'a ping of 126 bytes': {
    frames: [{ opcode: opcodes.ping, bytes: Buffer.alloc(126) }],
    status: 1002,
  },
  'a fragment that continues nothing': {
    frames: [{ bytes: Buffer.from(call), opcode: opcodes.more }],
    status: 1002,
  },
  'a new message amid fragments': {
    frames: [{ text: call, fin: false }, { text: call }],
    status: 1002,
  },
  'text that is not UTF-8': {
    frames: [{ bytes: Buffer.from([0xc3, 0x28, 0x1e]), opcode: opcodes.text }],
    status: 1007,
  },
  'a surrogate in UTF-8': {
    frames: [{ bytes: Buffer.from([0xed, 0xa0, 0x80, 0x1e]), opcode: opcodes.text }],
    status: 1007,
  },
  'a length of 2 MB that is never kept': {
    frames: [{ text: '', claimedLength: 2 * 1024 * 1024 }],
    status: 1009,
  },
  'a length beyond all numbers': {
    frames: [{ text: '', claimedLength: Number.MAX_SAFE_INTEGER }],
    status: 1009,
  },
  'fragments that add up to too much': {
    frames: [
      { text: 'x'.repeat(300_000), fin: false },
      { bytes: Buffer.alloc(300_000), opcode: opcodes.more },
    ],
    status: 1009,
  },
  'a Close of one byte': {
    frames: [{ opcode: opcodes.close, bytes: Buffer.from([3]) }],
    status: 1002,
  },
  'a Close with a status nobody may send': {
    frames: [{ opcode: opcodes.close, bytes: Buffer.from([0x03, 0xee]) }],
    status: 1002,
  },
  'a Close whose reason is not UTF-8': {
    frames: [{ opcode: opcodes.close, bytes: Buffer.from([0x03, 0xe8, 0xff]) }],
    status: 1007,
  },
};

for (const [what, { frames, status }] of Object.entries(broken)) {
  probe(`${what} ends the WebSocket with ${status}`, async ({ socket }) => {
    const client = await socket({ handshake: true });
    for (const frame of frames) client.sendFrame(frame);
    assert.equal(await client.closeStatus(), status);
    await client.ended();
  });
}

const closes: Record<
  string,
  { bytes?: Buffer; status: number; code: 'client_closed' | 'connection_lost' }
> = {
  'without a status': { status: 1005, code: 'client_closed' },
  'with 1000': { bytes: Buffer.from([0x03, 0xe8]), status: 1000, code: 'client_closed' },
  'with 1001 and words': {
    bytes: Buffer.concat([Buffer.from([0x03, 0xe9]), Buffer.from('bye ☕')]),
    status: 1001,
    code: 'client_closed',
  },
  'with 4000': { bytes: Buffer.from([0x0f, 0xa0]), status: 4000, code: 'connection_lost' },
};

for (const [what, { bytes = Buffer.alloc(0), status, code }] of Object.entries(closes)) {
  probe(`a Close ${what} is answered alike, and counted as ${code}`, async (ground) => {
    const { socket, hub, quiet } = ground;
    await quiet();
    const before = hub.stats.disconnects[code];
    const client = await socket({ handshake: true });
    client.sendFrame({ opcode: opcodes.close, bytes });
    assert.equal(await client.closeStatus(), status);
    await client.ended();
    await quiet();
    assert.equal(hub.stats.disconnects[code], before + 1);
  });
}

probe('a message split over two frames is malformed', async ({ socket }) => {
  const client = await socket({ handshake: true });
  client.sendFrame({ text: call.slice(0, 20) });
  client.sendFrame({ text: call.slice(20) });
  assert.match((await client.nextFrame()).text, /"type":7,"error"/);
  assert.equal(await client.closeStatus(), 1002);
});

probe('each WebSocket ping gets its pong', async ({ socket }) => {
  const client = await socket({ handshake: true });
  for (let n = 0; n < 200; n++) {
    client.sendFrame({ opcode: opcodes.ping, bytes: Buffer.from(`${n}`) });
    const pong = await client.nextFrame();
    assert.deepEqual([pong.opcode, pong.text], [opcodes.pong, `${n}`]);
  }
});

probe('a flood of WebSocket pings costs nobody but its sender', async ({ socket }) => {
  const client = await socket({ handshake: true });
  for (let n = 0; n < 2_000; n++) client.sendFrame({ opcode: opcodes.ping });
  await client.ended();
});

probe('what comes after a Close is not carried out', async ({ socket, hub }) => {
  const client = await socket({ handshake: true });
  const { calls } = hub.counts;
  client.sendFrame({ opcode: opcodes.close });
  client.sendFrame({ text: call });
  await client.ended();
  assert.equal(hub.counts.calls, calls);
});

probe('a frame may come a byte at a time', async ({ socket }) => {
  const client = await socket({ handshake: true });
  const frame = Buffer.concat([
    Buffer.from([0x81, 0x80 | call.length, 0, 0, 0, 0]),
    Buffer.from(call),
  ]);
  for (const byte of frame) {
    client.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await client.nextFrame()).text, answer);
});

end();
