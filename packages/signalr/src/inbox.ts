/**
 * What a connection has received and not yet worked on. Frames wait unparsed and are read message by
 * message only as fast as calls finish, so a flood costs its own bytes and no more; beyond a limit
 * the socket is not read either, which makes the sender wait.
 */
import type { HubMessage, HubProtocol } from './protocol/protocol.ts';

/** Counted for each waiting frame besides its bytes, so that tiny frames are limited too. */
const frameOverheadBytes = 128;

export interface InboxOwner {
  /** Works on one message; the next is read when this resolves. */
  handle(message: HubMessage): Promise<void>;
  /** Reading failed; nothing more is read. */
  failed(error: unknown): void;
  pause(): void;
  resume(): void;
}

export class Inbox {
  readonly #owner: InboxOwner;
  readonly #limits: { messageBytesMax: number; unreadBytesMax: number };
  #protocol: HubProtocol | undefined;
  #frames: Buffer[] = [];
  #waitingBytes = 0;
  #reading = false;
  #paused = false;

  constructor(owner: InboxOwner, limits: { messageBytesMax: number; unreadBytesMax: number }) {
    this.#owner = owner;
    this.#limits = limits;
  }

  get paused(): boolean {
    return this.#paused;
  }

  push(frame: Buffer): void {
    this.#frames.push(frame);
    this.#waitingBytes += frame.length + frameOverheadBytes;
    if (!this.#paused && this.#waitingBytes > this.#limits.unreadBytesMax) {
      this.#paused = true;
      this.#owner.pause();
    }
    void this.#read();
  }

  /** Starts reading; until now frames only waited. */
  open(protocol: HubProtocol): void {
    this.#protocol = protocol;
    void this.#read();
  }

  /** Forgets what waits and reads no more. */
  stop(): void {
    this.#protocol = undefined;
    this.clear();
  }

  /** Forgets what waits, the rest of a frame that is being read too. */
  clear(): void {
    this.#frames = [];
    this.#waitingBytes = 0;
    this.#resume();
  }

  async #read(): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      for (let protocol = this.#protocol; protocol && this.#frames.length > 0;) {
        await this.#readFrame(this.#frames[0]!, protocol);
        protocol = this.#protocol;
      }
    } catch (error) {
      this.#owner.failed(error);
    } finally {
      this.#reading = false;
    }
  }

  async #readFrame(frame: Buffer, protocol: HubProtocol): Promise<void> {
    for (const message of protocol.read(frame, this.#limits.messageBytesMax)) {
      await this.#owner.handle(message);
      if (this.#frames[0] !== frame) return;
    }
    this.#frames.shift();
    this.#waitingBytes -= frame.length + frameOverheadBytes;
    if (this.#waitingBytes <= this.#limits.unreadBytesMax / 2) this.#resume();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#owner.resume();
  }
}
