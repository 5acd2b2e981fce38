/**
 * The hub protocol apart from its encoding: the nine messages with the names of the specification,
 * and what an encoding must be able to do with them. Messages of other types are passed over, as the
 * protocol asks, so that newer clients keep working; so are headers, in which some clients put tokens.
 */
import { malformed } from '../errors.ts';
import type { FrameFormat } from '../transports/transport.ts';

export const messageTypes = {
  invocation: 1,
  streamItem: 2,
  completion: 3,
  streamInvocation: 4,
  cancelInvocation: 5,
  ping: 6,
  close: 7,
  ack: 8,
  sequence: 9,
} as const;

type Types = typeof messageTypes;

/** Whether messages of the type are numbered, and sent again after a stateful reconnect. */
export function isCounted(type: HubMessage['type']): boolean {
  return type <= messageTypes.cancelInvocation;
}

export interface Invocation {
  type: Types['invocation'];
  /** Absent when the caller wants no answer. */
  invocationId?: string;
  target: string;
  arguments: readonly unknown[];
  /** The streams that the caller is going to send, by the id that their items will carry. */
  streamIds?: readonly string[];
}

/** A call that is answered by items and then a completion. */
export interface StreamInvocation {
  type: Types['streamInvocation'];
  invocationId: string;
  target: string;
  arguments: readonly unknown[];
  streamIds?: readonly string[];
}

export interface StreamItem {
  type: Types['streamItem'];
  /** Of the stream invocation that the item answers, or the id of a stream that the client sends. */
  invocationId: string;
  item: unknown;
}

/** The end of an invocation or of a stream that the client sends. */
export interface Completion {
  type: Types['completion'];
  invocationId: string;
  result?: unknown;
  /** When there is one, there is no result. */
  error?: string;
}

/** The caller gives up; it is still owed a completion. */
export interface CancelInvocation {
  type: Types['cancelInvocation'];
  invocationId: string;
}

export interface Ping {
  type: Types['ping'];
}

export interface Close {
  type: Types['close'];
  error?: string;
  allowReconnect?: boolean;
}

/** The last message that has arrived, counted as the protocol counts for stateful reconnects. */
export interface Ack {
  type: Types['ack'];
  sequenceId: number;
}

/** The number of the next message after a stateful reconnect. */
export interface Sequence {
  type: Types['sequence'];
  sequenceId: number;
}

export type HubMessage =
  | Invocation
  | StreamItem
  | Completion
  | StreamInvocation
  | CancelInvocation
  | Ping
  | Close
  | Ack
  | Sequence;

export interface HubProtocol {
  readonly name: 'json' | 'messagepack';
  readonly format: FrameFormat;
  /** The messages of a frame, one by one; throws `ProtocolError` at the first that is not one. */
  read(frame: Buffer, messageBytesMax: number): Generator<HubMessage>;
  /** Throws when a value cannot be encoded. */
  write(message: HubMessage): Buffer;
  /** What `write` made of a message for many. */
  encoded(message: EncodedMessage): Buffer;
}

/** A message for many, as its bytes by the name of the encoding. */
export interface EncodedMessage {
  readonly json: Buffer;
  readonly messagepack: Buffer;
  /** It tells how things are, and a later one tells it too: `onReattached` sends the present one. */
  readonly latest?: boolean;
}

/** A message whose fields nobody has looked at. */
export type Fields = Partial<Record<FieldName, unknown>> & { type: number };

type FieldName =
  | 'invocationId'
  | 'target'
  | 'arguments'
  | 'streamIds'
  | 'item'
  | 'result'
  | 'error'
  | 'allowReconnect'
  | 'sequenceId';

/** The message that the fields are, or undefined when its type is not known. */
export function checkMessage(fields: Fields): HubMessage | undefined {
  const { type } = fields;
  switch (type) {
    case messageTypes.invocation:
      return { type, ...optional('invocationId', fields), ...call(fields) };
    case messageTypes.streamInvocation:
      return { type, invocationId: text('invocationId', fields), ...call(fields) };
    case messageTypes.streamItem:
      if (fields.item === undefined) throw malformed('a stream item has no item');
      return { type, invocationId: text('invocationId', fields), item: fields.item };
    case messageTypes.completion:
      return completion(fields);
    case messageTypes.cancelInvocation:
      return { type, invocationId: text('invocationId', fields) };
    case messageTypes.ping:
      return { type };
    case messageTypes.close:
      return close(fields);
    case messageTypes.ack:
    case messageTypes.sequence:
      return { type, sequenceId: sequenceId(fields) };
    default:
      return undefined;
  }
}

function call(fields: Fields): Pick<Invocation, 'target' | 'arguments' | 'streamIds'> {
  const { arguments: args, streamIds } = fields;
  if (!Array.isArray(args)) throw malformed('the arguments of an invocation are not a list');
  const message = { target: text('target', fields), arguments: args as unknown[] };
  if (absent(streamIds)) return message;
  if (!Array.isArray(streamIds) || !streamIds.every(isName)) {
    throw malformed('the streamIds of an invocation are not a list of strings');
  }
  return streamIds.length === 0 ? message : { ...message, streamIds };
}

function completion(fields: Fields): Completion {
  const { result, error } = fields;
  const ended = { type: messageTypes.completion, invocationId: text('invocationId', fields) };
  if (absent(error)) return result === undefined ? ended : { ...ended, result };
  if (typeof error !== 'string') throw malformed('the error of a completion is not a string');
  if (!absent(result)) throw malformed('a completion has a result and an error');
  return { ...ended, error };
}

function close({ error, allowReconnect }: Fields): Close {
  return {
    type: messageTypes.close,
    ...(typeof error === 'string' && { error }),
    ...(typeof allowReconnect === 'boolean' && { allowReconnect }),
  };
}

function sequenceId({ sequenceId: value }: Fields): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw malformed('a sequenceId is not a count');
}

function optional(name: 'invocationId', fields: Fields): { invocationId?: string } {
  return absent(fields[name]) ? {} : { [name]: text(name, fields) };
}

function text(name: 'invocationId' | 'target', fields: Fields): string {
  const value = fields[name];
  if (isName(value)) return value;
  throw malformed(`the ${name} of a message is not a string or empty`);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function absent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}
