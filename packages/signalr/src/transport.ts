/**
 * What a connection needs of the wire below it, and what the wire tells the connection. Hub messages
 * travel in frames; a frame holds whole messages, one or several.
 */
export type FrameFormat = 'text' | 'binary';

export interface Transport {
  /** Bytes sent but not yet taken by the kernel. */
  readonly waitingBytes: number;
  /** The bytes may be shared with other connections: neither side may change them. */
  send(frame: Buffer, format: FrameFormat): void;
  /** Stops and restarts reading. */
  pause(): void;
  resume(): void;
  /** Ends politely: what waits is sent first. */
  close(status: number, reason: string): void;
  /** Ends at once and frees what waits. */
  terminate(): void;
}

export interface TransportListener {
  received(frame: Buffer): void;
  /** Some of the waiting bytes have gone out. */
  flushed(): void;
  /** The peer broke the rules of the transport; the end follows. */
  broken(code: 'malformed_message' | 'message_too_large'): void;
  ended(status: number): void;
}
