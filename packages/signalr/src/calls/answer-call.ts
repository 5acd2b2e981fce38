/**
 * Runs the method that a call names and sends what comes of it: items, if it is a stream, and then
 * the one completion that the caller is owed.
 */
import { HubError } from '../errors.ts';
import { type HubMessage, messageTypes } from '../protocol/protocol.ts';
import type { ActiveCall, CallMessage } from './active-call.ts';
import type { Methods } from './methods.ts';
import { sendItems } from './send-items.ts';

export interface Caller {
  readonly writable: boolean;
  /** After the end it does nothing. Throws when a value cannot be encoded. */
  write(message: HubMessage): void;
}

/** How a call has ended. */
export interface CallEnd {
  /** As it was registered, never as the client wrote it; undefined when there is no such method. */
  method: string | undefined;
  outcome: 'completed' | 'cancelled' | 'refused' | 'failed';
  /** With the outcome `failed`. */
  error?: unknown;
}

/** Never rejects. */
export async function answerCall<Connection extends Caller>(
  call: ActiveCall,
  side: {
    connection: Connection;
    methods: Methods<Connection>;
    /** Undefined while there is room in the socket. */
    room(): Promise<void> | undefined;
    failed(error: unknown): void;
  },
): Promise<CallEnd> {
  const { message, streaming, streams, signal } = call;
  const { connection, methods, room, failed } = side;
  const { invocationId = '' } = message;
  let method: string | undefined;
  let sentence = '';
  try {
    const found = methods.find(message.target, call);
    method = found.name;
    sentence = `An unexpected error occurred invoking '${method}' on the server.`;
    signal.throwIfAborted();
    const result = await found.run({ connection, args: message.arguments, streams, signal });
    if (streaming) {
      sentence = 'An error occurred on the server while streaming results.';
      const { streamItem: type } = messageTypes;
      // The encodings know no undefined, and clients refuse an item that is missing.
      const send = (item: unknown) => connection.write({ type, invocationId, item: item ?? null });
      await sendItems(call, result as AsyncIterable<unknown>, { send, room, failed });
    }
    complete(connection, message, streaming ? {} : { result });
    return { method, outcome: call.cancelled ? 'cancelled' : 'completed' };
  } catch (error) {
    if (error instanceof HubError) {
      complete(connection, message, { error: error.message || error.name });
      return { method, outcome: 'refused' };
    }
    if (call.cancelled) {
      complete(connection, message, streaming ? {} : { error: 'The invocation was cancelled.' });
      return { method, outcome: 'cancelled' };
    }
    complete(connection, message, { error: sentence });
    return { method, outcome: 'failed', error };
  }
}

/** Sends nothing when the caller wants no answer. */
export function complete(
  caller: Caller,
  { invocationId }: CallMessage,
  outcome: { result?: unknown; error?: string },
): void {
  if (invocationId === undefined) return;
  caller.write({ type: messageTypes.completion, invocationId, ...outcome });
}
