// Good messages with some bytes wrong, in an order that the seed decides. Whatever comes, the sender
// is answered or closed, and nobody else notices.
import assert from 'node:assert/strict';
import { packed, unpacked } from '../echo-hub.ts';
import type { RawClient } from '../raw-client.ts';
import { echoCall, json, layGround } from './ground.ts';

const { probe, end } = layGround();
const seed = Number(process.env['FUZZ_SEED'] ?? 20_261_125);
const rounds = 250;

const messages: unknown[][] = [
  [1, {}, '1', 'Echo', [{ deep: ['x', 1, null, true] }], []],
  [1, {}, null, 'Echo', ['no answer'], []],
  [1, {}, '2', 'Sum', [], ['s']],
  [2, {}, 's', 7],
  [3, {}, 's', 2],
  [3, {}, 'x', 3, 'nobody asked'],
  [4, {}, '3', 'Count', [3, 0], []],
  [5, {}, '3'],
  [6],
  [8, 1],
];

const inJson: object[] = [
  { type: 1, invocationId: '1', target: 'Echo', arguments: [{ deep: ['☕', 1, null, true] }] },
  { type: 1, target: 'Echo', arguments: ['no answer'] },
  { type: 1, invocationId: '2', target: 'Sum', arguments: [], streamIds: ['s'] },
  { type: 2, invocationId: 's', item: 7 },
  { type: 3, invocationId: 's' },
  { type: 4, invocationId: '3', target: 'Count', arguments: [3, 0] },
  { type: 5, invocationId: '3' },
  { type: 6 },
  { type: 8, sequenceId: 1 },
];

probe(`${rounds} mangled frames of JSON (FUZZ_SEED=${seed})`, async ({ open }) => {
  const random = randomOf(seed);
  const good = inJson.map((message) => Buffer.from(json(message)));
  for (let round = 0; round < rounds; round++) {
    const client = await open();
    client.socket.send(mangled(good, random));
    client.say(echoCall('after'));
    await answerOrEnd(client, (text) => text.includes('"invocationId":"after"'));
  }
});

probe(`${rounds} mangled frames of MessagePack (FUZZ_SEED=${seed})`, async ({ open }) => {
  const random = randomOf(seed + 1);
  const good = messages.map((message) => Buffer.from(packed(message)));
  for (let round = 0; round < rounds; round++) {
    const client = await open('messagepack');
    client.socket.send(mangled(good, random));
    client.sendBytes(packed([1, {}, 'after', 'Echo', [1], []]));
    await answerOrEnd(client, (text) => {
      const [type, , id] = unpacked({ text }) as unknown[];
      return type === 3 && id === 'after';
    });
  }
});

probe(`${rounds} mangled frames of WebSockets (FUZZ_SEED=${seed})`, async ({ socket }) => {
  const random = randomOf(seed + 2);
  const good = inJson.map((message) => {
    const body = Buffer.from(json(message));
    return Buffer.concat([
      Buffer.from([0x81, 0x80 | Math.min(body.length, 125), 0, 0, 0, 0]),
      body,
    ]);
  });
  for (let round = 0; round < rounds; round++) {
    const client = await socket({ handshake: true });
    client.write(mangled(good, random));
    if (round % 2 === 0) await new Promise((resolve) => setImmediate(resolve));
    client.destroy();
  }
});

probe(`${rounds} mangled handshakes (FUZZ_SEED=${seed})`, async ({ connect }) => {
  const random = randomOf(seed + 3);
  const good = [Buffer.from('{"protocol":"json","version":1}\x1e')];
  for (let round = 0; round < rounds; round++) {
    const client = await connect();
    client.socket.send(mangled(good, random));
    client.socket.send('\x1e');
    const answer = await client.nextText();
    const { error } = JSON.parse(answer.slice(0, answer.indexOf('\x1e'))) as { error?: unknown };
    assert.ok(error === undefined || typeof error === 'string');
    client.socket.terminate();
  }
});

end();

/** Reads until the answer has come or the connection has ended; hanging would be the failure. */
async function answerOrEnd(client: RawClient, isAnswer: (text: string) => boolean): Promise<void> {
  try {
    while (!isAnswer(await client.nextText()));
  } catch (error) {
    assert.match(String(error), /closed with 100[0279]/);
  }
  client.socket.terminate();
}

/** One to five of the messages, one after the other, and then some bytes not as they should be. */
function mangled(good: Buffer[], random: (below: number) => number): Buffer {
  const count = 1 + random(5);
  let bytes = Buffer.concat(Array.from({ length: count }, () => good[random(good.length)]!));
  for (let times = random(4); times > 0; times--) {
    const [at, length] = [random(bytes.length), 1 + random(8)];
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random(5)) {
      case 0:
        bytes = Buffer.concat([
          before,
          Buffer.from([after[0]! ^ (1 << random(8))]),
          after.subarray(1),
        ]);
        break;
      case 1:
        bytes = Buffer.concat([before, after.subarray(length)]);
        break;
      case 2:
        bytes = Buffer.concat([
          before,
          Buffer.from(Array.from({ length }, () => random(256))),
          after,
        ]);
        break;
      case 3:
        bytes = Buffer.concat([before, after.subarray(0, length), after]);
        break;
      default:
        bytes = before;
    }
    if (bytes.length === 0) break;
  }
  return bytes;
}

/** Whole numbers from 0, the same for the same seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
