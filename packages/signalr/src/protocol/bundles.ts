/**
 * Joins messages for one write. In a broadcast the next connection mostly needs the same messages as
 * the one before, so the last bundle of each encoding is kept and given again.
 */
import type { EncodedMessage } from './encoded-message.ts';
import type { HubProtocol } from './protocol.ts';

interface Bundle {
  messages: readonly EncodedMessage[];
  bytes: Buffer;
}

export class Bundles {
  readonly #last: Partial<Record<HubProtocol['name'], Bundle>> = {};

  /** The same bytes for the same messages in a row; neither list nor bytes may be changed. */
  of(messages: readonly EncodedMessage[], encoding: HubProtocol['name']): Buffer {
    if (messages.length === 1) return messages[0]![encoding];
    const last = this.#last[encoding];
    if (last !== undefined && same(last.messages, messages)) return last.bytes;
    const bytes = Buffer.concat(messages.map((message) => message[encoding]));
    this.#last[encoding] = { messages, bytes };
    return bytes;
  }
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
