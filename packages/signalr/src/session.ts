/**
 * What a client and this side have agreed on at the handshake, and what is said by it: messages in the
 * client's encoding, counted where another socket may take the place of the one they went out on.
 */
import type { Limits } from './limits.ts';
import type { Outbox } from './outbox.ts';
import type { Bundles } from './protocol/bundles.ts';
import {
  type EncodedMessage,
  type HubMessage,
  type HubProtocol,
  isCounted,
} from './protocol/protocol.ts';
import { Replay } from './replay.ts';

/** What is sent is not taken, and false comes back, when too much waits for the client already. */
export class Session {
  readonly protocol: HubProtocol;
  readonly #outbox: Outbox;
  readonly #bundles: Bundles;
  readonly #replay: Replay | undefined;

  constructor(options: {
    protocol: HubProtocol;
    /** Another socket may take the place of this one. */
    stateful: boolean;
    outbox: Outbox;
    bundles: Bundles;
    limits: Limits;
  }) {
    this.protocol = options.protocol;
    this.#outbox = options.outbox;
    this.#bundles = options.bundles;
    this.#replay = options.stateful ? new Replay(options.limits) : undefined;
  }

  get stateful(): boolean {
    return this.#replay !== undefined;
  }

  /** All that the client may have missed can be sent again, over another socket. */
  get resumable(): boolean {
    return this.#replay?.possible === true;
  }

  send(message: HubMessage): boolean {
    const bytes = this.protocol.write(message);
    if (isCounted(message.type)) this.#replay?.send(bytes);
    return this.#put(bytes);
  }

  /** All of them in one frame. */
  sendEncoded(messages: readonly EncodedMessage[]): boolean {
    if (this.#replay !== undefined) {
      for (const message of messages) this.#replay.send(this.protocol.encoded(message), message);
    }
    return this.#put(this.#bundles.of(messages, this.protocol));
  }

  /** Tells the client what has arrived, when there is news. */
  acknowledge(): boolean {
    if (this.#outbox.detached) return true;
    const ack = this.#replay?.takeAck();
    return ack === undefined || this.send(ack);
  }

  /** The outbox has another socket: what the client may have missed goes out again. */
  resume(): boolean {
    return this.#replay!.begin(this.protocol).every((frame) => this.#put(frame));
  }

  arrived(frame: Buffer): void {
    this.#replay?.arrived(frame);
  }

  /** Whether a message is new and to be worked on. @throws ProtocolError */
  receive(message: HubMessage): boolean {
    return this.#replay?.receive(message) ?? true;
  }

  /** So much has arrived that the client should be told before the next sweep. */
  get ackIsDue(): boolean {
    return this.#replay?.ackIsDue === true;
  }

  #put(frame: Buffer): boolean {
    // Without a socket messages wait for as long as none is lost.
    const { detached, overrun } = this.#outbox;
    if (detached ? !this.resumable : overrun) return false;
    if (!detached) this.#outbox.send(frame);
    return true;
  }
}
