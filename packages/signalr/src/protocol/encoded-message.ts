/**
 * A message for many: encoded when the first connection of an encoding needs it, and the same bytes
 * for all others, so that a broadcast costs a write a client and nothing more.
 */
import { jsonProtocol } from './json-protocol.ts';
import { messagePackProtocol } from './messagepack-protocol.ts';
import { type EncodedMessage, type HubProtocol, messageTypes } from './protocol.ts';

/**
 * The arguments are read when first needed: they must not change any more. With `latest` the bytes
 * are not kept for clients whose sockets break.
 */
export function encodeInvocation(
  target: string,
  args: readonly unknown[],
  { latest = false }: { latest?: boolean } = {},
): EncodedMessage {
  return new EncodedInvocation(target, args, latest);
}

class EncodedInvocation implements EncodedMessage {
  readonly latest: boolean;
  readonly #target: string;
  readonly #args: readonly unknown[];
  #json: Buffer | undefined;
  #messagePack: Buffer | undefined;

  constructor(target: string, args: readonly unknown[], latest: boolean) {
    this.latest = latest;
    this.#target = target;
    this.#args = args;
  }

  get json(): Buffer {
    return (this.#json ??= this.#write(jsonProtocol));
  }

  get messagepack(): Buffer {
    return (this.#messagePack ??= this.#write(messagePackProtocol));
  }

  #write(protocol: HubProtocol): Buffer {
    const { invocation: type } = messageTypes;
    return protocol.write({ type, target: this.#target, arguments: this.#args });
  }
}
