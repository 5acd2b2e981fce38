/**
 * The hub protocol apart from its encoding: the messages that matter to this server, and what an
 * encoding must be able to read and write. Messages of other types are passed over, as the protocol
 * asks, so that newer clients keep working.
 */
import type { FrameFormat } from '../transport.ts';
import { malformed } from '../errors.ts';

export const messageTypes = {
  invocation: 1,
  completion: 3,
  streamInvocation: 4,
  ping: 6,
  close: 7,
} as const;

export interface Call {
  kind: 'call';
  /** Absent when the caller wants no answer. */
  invocationId?: string;
  target: string;
  args: unknown[];
  /** The caller wants to receive a stream, or to send some. */
  streams: boolean;
}

export type InboundMessage = Call | { kind: 'ping' } | { kind: 'close' } | { kind: 'unknown' };

export interface Completion {
  invocationId: string;
  result?: unknown;
  /** When there is one, there is no result. */
  error?: string;
}

export interface HubProtocol {
  readonly name: 'json' | 'messagepack';
  readonly format: FrameFormat;
  readonly ping: Buffer;
  /** The messages of a frame, one by one; throws `ProtocolError` at the first that is not one. */
  read(frame: Buffer, messageBytesMax: number): Generator<InboundMessage>;
  invocation(target: string, args: readonly unknown[]): Buffer;
  completion(completion: Completion): Buffer;
  close(close: { error?: string; allowReconnect: boolean }): Buffer;
}

/** A call from its fields as they came, checked. */
export function readCall(
  type: 1 | 4,
  fields: { invocationId: unknown; target: unknown; args: unknown; streamIds: unknown },
): Call {
  const { invocationId, target, args, streamIds } = fields;
  const named = invocationId !== undefined && invocationId !== null;
  if (named && (typeof invocationId !== 'string' || invocationId === '')) {
    throw malformed('an invocationId is not a string');
  }
  if (!named && type === messageTypes.streamInvocation) {
    throw malformed('a stream invocation has no invocationId');
  }
  if (typeof target !== 'string' || target === '') throw malformed('an invocation has no target');
  if (!Array.isArray(args)) throw malformed('the arguments of an invocation are not a list');
  const uploads = Array.isArray(streamIds) && streamIds.length > 0;
  const call: Call = {
    kind: 'call',
    target,
    args,
    streams: type === messageTypes.streamInvocation || uploads,
  };
  if (named) call.invocationId = invocationId;
  return call;
}
