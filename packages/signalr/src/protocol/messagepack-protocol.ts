/**
 * Hub messages as MessagePack arrays, each after its length as a varint of one to five bytes, lowest
 * bits first. Undefined properties are left out, as JSON does, so both encodings say the same.
 */
import { Decoder, Encoder } from '@msgpack/msgpack';
import { malformed, tooLarge } from '../errors.ts';
import { checkMessagePack } from './messagepack-bounds.ts';
import {
  checkMessage,
  type Fields,
  type HubMessage,
  type HubProtocol,
  messageTypes,
  type Ping,
} from './protocol.ts';

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

const resultKinds = { error: 1, none: 2, value: 3 } as const;
const lengthBytesMax = 5;

const ping = encode([messageTypes.ping]);

export const messagePackProtocol: HubProtocol = {
  name: 'messagepack',
  format: 'binary',

  *read(frame, messageBytesMax) {
    for (let at = 0; at < frame.length;) {
      const { start, length } = readLength(frame, at);
      if (length > messageBytesMax) throw tooLarge(length, messageBytesMax);
      if (start + length > frame.length) throw malformed('a message is incomplete');
      const message = checkMessage(fieldsOf(decode(frame.subarray(start, start + length))));
      if (message !== undefined) yield message;
      at = start + length;
    }
  },

  write: (message) => (message.type === messageTypes.ping ? ping : encode(elementsOf(message))),
  encoded: (message) => message.messagepack,
};

/** The second element of the first five types holds headers, of which this server has none. */
function elementsOf(message: Exclude<HubMessage, Ping>): unknown[] {
  const { type } = message;
  switch (type) {
    case messageTypes.invocation:
    case messageTypes.streamInvocation: {
      const { invocationId = null, target, arguments: args, streamIds = [] } = message;
      return [type, {}, invocationId, target, args, streamIds];
    }
    case messageTypes.streamItem:
      return [type, {}, message.invocationId, message.item];
    case messageTypes.completion: {
      const { invocationId, result, error } = message;
      if (error !== undefined) return [type, {}, invocationId, resultKinds.error, error];
      if (result === undefined) return [type, {}, invocationId, resultKinds.none];
      return [type, {}, invocationId, resultKinds.value, result];
    }
    case messageTypes.cancelInvocation:
      return [type, {}, message.invocationId];
    case messageTypes.close:
      return [type, message.error ?? null, message.allowReconnect ?? false];
    case messageTypes.ack:
    case messageTypes.sequence:
      return [type, message.sequenceId];
  }
}

function fieldsOf(message: unknown): Fields {
  if (!Array.isArray(message)) throw malformed('a message is not an array');
  const [type, ...rest] = message as unknown[];
  if (typeof type !== 'number') throw malformed('the type of a message is not a number');
  switch (type) {
    case messageTypes.invocation:
    case messageTypes.streamInvocation: {
      const [, invocationId, target, args, streamIds] = rest;
      return { type, invocationId, target, arguments: args, streamIds };
    }
    case messageTypes.streamItem:
      return { type, invocationId: rest[1], item: rest[2] };
    case messageTypes.completion:
      return { type, invocationId: rest[1], ...outcomeOf(rest[2], rest[3]) };
    case messageTypes.cancelInvocation:
      return { type, invocationId: rest[1] };
    case messageTypes.close:
      return { type, error: rest[0], allowReconnect: rest[1] };
    case messageTypes.ack:
    case messageTypes.sequence:
      return { type, sequenceId: rest[0] };
    default:
      return { type };
  }
}

function outcomeOf(kind: unknown, value: unknown): { error?: unknown; result?: unknown } {
  if (kind === resultKinds.none) return {};
  if (value === undefined) throw malformed('the outcome of a completion is missing');
  if (kind === resultKinds.value) return { result: value };
  if (kind === resultKinds.error && value !== null) return { error: value };
  throw malformed('the kind of result of a completion is not known');
}

function encode(message: unknown[]): Buffer {
  const body = encoder.encodeSharedRef(message);
  return Buffer.concat([writeLength(body.length), body]);
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

function decode(bytes: Buffer): unknown {
  checkMessagePack(bytes);
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed('a message is not MessagePack');
  }
}
