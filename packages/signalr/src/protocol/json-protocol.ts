/**
 * Hub messages as JSON, each ended by the record separator 0x1E. Clients may send them in binary
 * frames; the server always answers in text, because browsers hand binary to the client as a Blob.
 */
import { malformed, tooLarge } from '../errors.ts';
import { type HubProtocol, type InboundMessage, messageTypes, readCall } from './protocol.ts';

export const recordSeparator = 0x1e;

export const jsonProtocol: HubProtocol = {
  name: 'json',
  format: 'text',
  ping: encode({ type: messageTypes.ping }),

  *read(frame, messageBytesMax) {
    for (let start = 0; start < frame.length;) {
      const end = frame.indexOf(recordSeparator, start);
      if (end === -1) throw malformed('a message does not end in the record separator');
      if (end - start > messageBytesMax) throw tooLarge(end - start, messageBytesMax);
      yield readMessage(frame.toString('utf8', start, end));
      start = end + 1;
    }
  },

  invocation: (target, args) => encode({ type: messageTypes.invocation, target, arguments: args }),

  completion: ({ invocationId, result, error }) =>
    encode({
      type: messageTypes.completion,
      invocationId,
      ...(error === undefined ? { result } : { error }),
    }),

  close: ({ error, allowReconnect }) => encode({ type: messageTypes.close, error, allowReconnect }),
};

function encode(message: object): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\x1e`);
}

function readMessage(text: string): InboundMessage {
  const message = parse(text);
  switch (message.type) {
    case messageTypes.invocation:
    case messageTypes.streamInvocation:
      return readCall(message.type, {
        invocationId: message.invocationId,
        target: message.target,
        args: message.arguments,
        streamIds: message.streamIds,
      });
    case messageTypes.ping:
      return { kind: 'ping' };
    case messageTypes.close:
      return { kind: 'close' };
    default:
      return { kind: 'unknown' };
  }
}

function parse(text: string): Record<string, unknown> & { type: number } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw malformed('a message is not JSON');
  }
  if (typeof message !== 'object' || message === null || !('type' in message)) {
    throw malformed('a message has no type');
  }
  if (typeof message.type !== 'number') throw malformed('the type of a message is not a number');
  return message as Record<string, unknown> & { type: number };
}
