/**
 * Hub messages as MessagePack arrays, each after its length as a varint of one to five bytes, lowest
 * bits first. Undefined properties are left out, as JSON does, so both encodings say the same.
 */
import { Decoder, Encoder } from '@msgpack/msgpack';
import { malformed, tooLarge } from '../errors.ts';
import { checkMessagePack } from './messagepack-bounds.ts';
import { type HubProtocol, type InboundMessage, messageTypes, readCall } from './protocol.ts';

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

const resultKinds = { error: 1, none: 2, value: 3 } as const;
const lengthBytesMax = 5;

export const messagePackProtocol: HubProtocol = {
  name: 'messagepack',
  format: 'binary',
  ping: encode([messageTypes.ping]),

  *read(frame, messageBytesMax) {
    for (let at = 0; at < frame.length;) {
      const { start, length } = readLength(frame, at);
      if (length > messageBytesMax) throw tooLarge(length, messageBytesMax);
      if (start + length > frame.length) throw malformed('a message is incomplete');
      yield readMessage(frame.subarray(start, start + length));
      at = start + length;
    }
  },

  invocation: (target, args) => encode([messageTypes.invocation, {}, null, target, args, []]),

  completion({ invocationId, result, error }) {
    const head = [messageTypes.completion, {}, invocationId];
    if (error !== undefined) return encode([...head, resultKinds.error, error]);
    if (result === undefined) return encode([...head, resultKinds.none]);
    return encode([...head, resultKinds.value, result]);
  },

  close: ({ error, allowReconnect }) => encode([messageTypes.close, error ?? null, allowReconnect]),
};

function encode(message: unknown[]): Buffer {
  const body = encoder.encodeSharedRef(message);
  const prefix = writeLength(body.length);
  return Buffer.concat([prefix, body]);
}

function writeLength(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return Buffer.from(bytes);
}

function readLength(frame: Buffer, at: number): { start: number; length: number } {
  let length = 0;
  for (let index = 0; index < lengthBytesMax; index++) {
    const byte = frame[at + index];
    if (byte === undefined) throw malformed('the length of a message is incomplete');
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { start: at + index + 1, length };
  }
  throw malformed('the length of a message has more than five bytes');
}

function readMessage(bytes: Buffer): InboundMessage {
  const message = decode(bytes);
  if (!Array.isArray(message)) throw malformed('a message is not an array');
  const [type, , invocationId, target, args, streamIds] = message as unknown[];
  if (typeof type !== 'number') throw malformed('the type of a message is not a number');
  switch (type) {
    case messageTypes.invocation:
    case messageTypes.streamInvocation:
      return readCall(type, { invocationId, target, args, streamIds });
    case messageTypes.ping:
      return { kind: 'ping' };
    case messageTypes.close:
      return { kind: 'close' };
    default:
      return { kind: 'unknown' };
  }
}

function decode(bytes: Buffer): unknown {
  checkMessagePack(bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('a message is not MessagePack');
  }
}
