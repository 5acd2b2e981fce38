/**
 * The way out to one client, over one transport or, where sockets are replaced, over several in
 * succession. It says when it is full, and it takes no more from whoever sends regardless: beyond a
 * limit, or when nothing moves for too long, the client is a slow consumer.
 */
import type { Limits } from './limits.ts';
import type { HubStats } from './stats.ts';
import type { FrameFormat, Transport } from './transports/transport.ts';

export class Outbox {
  readonly #limits: Limits;
  readonly #stats: HubStats;
  #transport: Transport;
  /** When the socket broke that has no successor yet. */
  #detachedAt: number | undefined;
  #full = false;
  /** Something was sent since the last sweep. The time of that sweep stands for the time of sending:
   * to read the clock for each write would be a good part of what it costs. */
  #sent = false;
  #sweptAt = performance.now();
  #sentAt = this.#sweptAt;
  /** When bytes have last gone out while it was full. */
  #flushedAt = this.#sentAt;
  format: FrameFormat = 'text';

  constructor(transport: Transport, { limits, stats }: { limits: Limits; stats: HubStats }) {
    this.#transport = transport;
    this.#limits = limits;
    this.#stats = stats;
  }

  /** What carries the frames, or did so last. */
  get transport(): Transport {
    return this.#transport;
  }

  get detached(): boolean {
    return this.#detachedAt !== undefined;
  }

  get writable(): boolean {
    return !this.#full && !this.detached;
  }

  /** More waits than anybody may leave waiting. */
  get overrun(): boolean {
    return this.#full && this.#transport.waitingBytes > this.#limits.sendBufferBytesMax;
  }

  send(frame: Buffer): void {
    this.#sent = true;
    this.#stats.bytesSent += frame.length;
    this.#stats.framesSent += 1;
    this.#transport.send(frame, this.format);
    if (this.#full || !this.#overfilled) return;
    this.#full = true;
    this.#flushedAt = performance.now();
  }

  /** Some of what waited has gone out; true when there is room again. */
  flushed(): boolean {
    if (!this.#full) return false;
    this.#flushedAt = performance.now();
    this.#full = this.#overfilled;
    return !this.#full;
  }

  /** What a look at the clock says of the client, `now` being `performance.now()`. */
  sweep(now: number): 'lost' | 'drained' | 'stalled' | 'quiet' | undefined {
    const { reattachMs, stalledMs, keepAliveMs } = this.#limits;
    if (this.#sent) this.#sentAt = this.#sweptAt;
    this.#sent = false;
    this.#sweptAt = now;
    if (this.#detachedAt !== undefined) {
      return now - this.#detachedAt > reattachMs ? 'lost' : undefined;
    }
    if (this.#full && !this.#overfilled) return 'drained';
    if (this.#full && now - this.#flushedAt > stalledMs) return 'stalled';
    const quiet = now - this.#sentAt > keepAliveMs && this.#transport.waitingBytes === 0;
    return quiet ? 'quiet' : undefined;
  }

  /** Time that counts against nobody. */
  heldUp(ms: number): void {
    this.#flushedAt += ms;
    if (this.#detachedAt !== undefined) this.#detachedAt += ms;
  }

  /** The socket is gone and another one may come; false when too many wait for theirs. */
  detach(): boolean {
    if (this.#stats.detached >= this.#limits.detachedMax) return false;
    this.#detachedAt = performance.now();
    this.#stats.detached += 1;
    return true;
  }

  /** No longer waits for a socket. */
  release(): void {
    if (this.#detachedAt === undefined) return;
    this.#detachedAt = undefined;
    this.#stats.detached -= 1;
  }

  replace(transport: Transport): void {
    this.#transport.terminate();
    this.release();
    this.#transport = transport;
    this.#full = false;
    this.#stats.reattached += 1;
  }

  get #overfilled(): boolean {
    return this.#transport.waitingBytes > this.#limits.writableBytesMax;
  }
}
