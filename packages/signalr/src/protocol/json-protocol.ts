/**
 * Hub messages as JSON, each ended by the record separator 0x1E. Clients may send them in binary
 * frames; the server always answers in text, because browsers hand binary to the client as a Blob.
 */
import { malformed, tooLarge } from '../errors.ts';
import { checkMessage, type Fields, type HubProtocol, messageTypes } from './protocol.ts';

export const recordSeparator = 0x1e;

const ping = encode({ type: messageTypes.ping });

export const jsonProtocol: HubProtocol = {
  name: 'json',
  format: 'text',

  *read(frame, messageBytesMax) {
    for (let start = 0; start < frame.length;) {
      const end = frame.indexOf(recordSeparator, start);
      if (end === -1) throw malformed('a message does not end in the record separator');
      if (end - start > messageBytesMax) throw tooLarge(end - start, messageBytesMax);
      const message = checkMessage(parse(frame.toString('utf8', start, end)));
      if (message !== undefined) yield message;
      start = end + 1;
    }
  },

  write: (message) => (message.type === messageTypes.ping ? ping : encode(message)),
  encoded: (message) => message.json,
};

function encode(message: object): Buffer {
  return Buffer.from(`${JSON.stringify(message)}\x1e`);
}

function parse(text: string): Fields {
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
  return message as Fields;
}
