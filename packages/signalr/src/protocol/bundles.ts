/**
 * Joins messages for one write. In a broadcast the next connection mostly needs the same messages as
 * the one before, so the last bundle of each encoding is kept and given again.
 */
import type { EncodedMessage, HubProtocol } from './protocol.ts';

interface Bundle {
  messages: readonly EncodedMessage[];
  bytes: Buffer;
}

export class Bundles {
  readonly #last = new Map<HubProtocol, Bundle>();

  /** The same bytes for the same messages in a row; they must not be changed. */
  of(messages: readonly EncodedMessage[], protocol: HubProtocol): Buffer {
    if (messages.length === 1) return protocol.encoded(messages[0]!);
    const last = this.#last.get(protocol);
    if (last !== undefined && same(last.messages, messages)) return last.bytes;
    const bytes = Buffer.concat(messages.map(protocol.encoded));
    this.#last.set(protocol, { messages: [...messages], bytes });
    return bytes;
  }
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
