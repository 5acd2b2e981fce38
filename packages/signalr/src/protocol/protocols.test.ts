import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { encode } from '@msgpack/msgpack';
import {
  JsonHubProtocol,
  type HubMessage as OfficialMessage,
  NullLogger,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { ProtocolError } from '../errors.ts';
import { encodeInvocation } from './encoded-message.ts';
import { readHandshake } from './handshake.ts';
import { jsonProtocol } from './json-protocol.ts';
import { messagePackProtocol } from './messagepack-protocol.ts';
import { type HubMessage, type HubProtocol, messageTypes } from './protocol.ts';

const messageBytesMax = 32 * 1024;

const officialJson = new JsonHubProtocol();
const officialMessagePack = new MessagePackHubProtocol();

/** What the official client makes of our bytes. */
function asSeenByClient(protocol: HubProtocol, frame: Buffer): object[] {
  return protocol.name === 'json'
    ? officialJson.parseMessages(frame.toString(), NullLogger.instance)
    : officialMessagePack.parseMessages(new Uint8Array(frame).buffer, NullLogger.instance);
}

function asSentByClient(protocol: HubProtocol, message: object): Buffer {
  return protocol.name === 'json'
    ? Buffer.from(officialJson.writeMessage(message as OfficialMessage))
    : Buffer.from(officialMessagePack.writeMessage(message as OfficialMessage));
}

/** As it arrives: JSON knows neither a negative zero nor a field that is undefined. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

const name = fc.string({ minLength: 1, unit: 'grapheme' });
/** Decoders of MessagePack refuse the key `__proto__`, the official client's too. */
const value = fc
  .jsonValue({ maxDepth: 4 })
  .filter((each) => !JSON.stringify(each).includes('__proto__'))
  .map(plain);
const args = fc.array(value);
const streamIds = fc.array(name, { minLength: 1, maxLength: 3 });
const sequenceId = fc.nat(Number.MAX_SAFE_INTEGER);

/** One kind of message; fields that are not required are sometimes absent. */
function kind<Type extends HubMessage['type']>(
  type: Type,
  required: Record<string, fc.Arbitrary<unknown>>,
  maybe: Record<string, fc.Arbitrary<unknown>> = {},
) {
  return fc.record(
    { type: fc.constant(type), ...required, ...maybe },
    { requiredKeys: ['type', ...Object.keys(required)] as 'type'[], noNullPrototype: true },
  ) as unknown as fc.Arbitrary<HubMessage & { type: Type }>;
}

const called = { target: name, arguments: args };
const byBoth = [
  kind(messageTypes.ping, {}),
  kind(messageTypes.ack, { sequenceId }),
  kind(messageTypes.sequence, { sequenceId }),
  kind(messageTypes.streamItem, { invocationId: name, item: value }),
  kind(messageTypes.completion, { invocationId: name }, { result: value }),
  kind(messageTypes.completion, { invocationId: name, error: name }),
];
const byClients = [
  kind(messageTypes.invocation, called, { invocationId: name, streamIds }),
  kind(messageTypes.streamInvocation, { ...called, invocationId: name }, { streamIds }),
  kind(messageTypes.cancelInvocation, { invocationId: name }),
];
const byServers = [
  kind(messageTypes.invocation, called, { invocationId: name }),
  kind(messageTypes.close, { allowReconnect: fc.boolean() }, { error: name }),
];

/** Without what the official client adds where there is nothing to say. */
function essence(message: object): object {
  const fields = Object.entries(message).filter(
    ([key, each]) =>
      !(each === undefined || key === 'headers' || key === 'streamIds') &&
      !(key === 'error' && each === null),
  );
  return Object.fromEntries(fields);
}

for (const protocol of [jsonProtocol, messagePackProtocol]) {
  const read = (frame: Buffer) => [...protocol.read(frame, messageBytesMax)];

  test(`${protocol.name}: every message is read as it was written, several in a frame`, () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...byBoth, ...byClients, ...byServers)), (messages) => {
        const frame = Buffer.concat(messages.map((each) => protocol.write(each)));
        assert.deepEqual(read(frame).map(plain), messages);
      }),
    );
  });

  test(`${protocol.name}: messages of the official client are read as they were meant`, () => {
    const headers = fc.dictionary(
      name.filter((key) => key !== '__proto__'),
      name,
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.oneof(...byBoth, ...byClients), fc.option(headers))),
        (messages) => {
          const frame = messages.map(([each, extra]) =>
            asSentByClient(protocol, extra === null ? each : { ...each, headers: extra }),
          );
          assert.deepEqual(
            read(Buffer.concat(frame)).map(plain),
            messages.map(([each]) => each),
          );
        },
      ),
    );
  });

  test(`${protocol.name}: the official client reads what is written, several in a frame`, () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(...byBoth, ...byServers), { minLength: 1 }), (messages) => {
        const frame = Buffer.concat(messages.map((each) => protocol.write(each)));
        assert.deepEqual(asSeenByClient(protocol, frame).map(essence), messages);
      }),
    );
  });

  test(`${protocol.name}: any bytes are read or refused, and nothing else happens`, () => {
    const call = asSentByClient(protocol, {
      type: 1,
      invocationId: '1',
      target: 'Echo',
      arguments: [{ a: [1, 'b', null] }],
    });
    const damaged = fc
      .tuple(fc.nat(call.length - 1), fc.uint8Array({ maxLength: 12 }), fc.nat(4))
      .map(([at, bytes, drop]) =>
        Buffer.concat([call.subarray(0, at), bytes, call.subarray(at + drop)]),
      );
    const random = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(random, damaged), (frame) => {
        try {
          read(frame);
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }),
      { numRuns: 5000 },
    );
  });
}

test('lengths of one to four bytes are written and read', () => {
  for (const boundary of [2 ** 7, 2 ** 14, 2 ** 21]) {
    for (let length = boundary - 20; length <= boundary; length++) {
      const sent = { type: messageTypes.streamItem, invocationId: '1', item: 'x'.repeat(length) };
      const frame = messagePackProtocol.write(sent);
      assert.deepEqual([...messagePackProtocol.read(frame, 2 ** 22)], [sent]);
      assert.deepEqual(asSeenByClient(messagePackProtocol, frame).map(essence), [sent]);
    }
  }
});

test('a length is not trusted before the bytes are there', () => {
  for (const length of [[0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0xff, 0x7f], [0x05]]) {
    const frame = Buffer.from([...length, 0x91, 0x06]);
    assert.throws(() => [...messagePackProtocol.read(frame, 2 ** 22)], ProtocolError);
  }
});

test('any MessagePack value behind its length is read', () => {
  const anything = fc.oneof(fc.anything({ withDate: true, withTypedArray: true }), value);
  fc.assert(
    fc.property(fc.array(anything), (message) => {
      let body: Uint8Array;
      try {
        body = encode([1, {}, null, 'x', message]);
      } catch {
        return;
      }
      fc.pre(body.length < 128 && !Buffer.from(body).includes('__proto__'));
      const [call] = messagePackProtocol.read(Buffer.from([body.length, ...body]), messageBytesMax);
      assert.equal(call?.type, messageTypes.invocation);
    }),
    { numRuns: 2000 },
  );
});

test('array headers that claim millions of elements cost no memory', () => {
  for (const header of [
    [0xdd, 0xff, 0xff, 0xff, 0xff],
    [0xdf, 0xff, 0xff, 0xff, 0xff],
    [0xdc, 0x7f, 0xff],
    [0xde, 0x7f, 0xff],
    [0x91],
  ]) {
    const body = Buffer.alloc(30_000, Uint8Array.from(header));
    const frame = Buffer.concat([Buffer.from([0xb0, 0xea, 0x01]), body]);
    const before = process.memoryUsage.rss();
    assert.throws(() => [...messagePackProtocol.read(frame, messageBytesMax)], ProtocolError);
    assert.ok(process.memoryUsage.rss() - before < 50e6);
  }
});

test('JSON that is nested as deeply as its size allows is read without harm', () => {
  const depth = 16_000;
  const nested = `{"type":1,"target":"x","arguments":${'['.repeat(depth)}${']'.repeat(depth)}}\x1e`;
  const [call] = jsonProtocol.read(Buffer.from(nested), messageBytesMax);
  assert.equal(call?.type, messageTypes.invocation);
});

test('any bytes are a handshake, a part of one or none', () => {
  const near = fc
    .record({ protocol: fc.constantFrom('json', 'messagepack', 'xml', 1), version: fc.anything() })
    .map(
      (request) =>
        `${JSON.stringify(request, (_, each: unknown) => (typeof each === 'bigint' ? null : each))}\x1e`,
    );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), near), (text) => {
      const bytes = Buffer.from(text);
      const { state } = readHandshake(bytes, 4096);
      assert.equal(state === 'incomplete', !bytes.includes(0x1e));
    }),
    { numRuns: 2000 },
  );
});

test('a message for many is encoded once for each encoding, and only when needed', () => {
  let reads = 0;
  const counted = {
    get value() {
      reads += 1;
      return 'read';
    },
  };
  const message = encodeInvocation('push', [counted]);
  assert.equal(reads, 0);
  assert.equal(message.json, message.json);
  assert.equal(reads, 1);
  assert.equal(message.messagepack, message.messagepack);
  assert.equal(
    message.json.toString(),
    '{"type":1,"target":"push","arguments":[{"value":"read"}]}\x1e',
  );
});
