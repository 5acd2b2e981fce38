/**
 * What a connection needs of the wire below it, and what the wire tells the connection. Hub messages
 * travel in frames; a frame holds whole messages, one or several.
 */
import type { Posts } from './posts.ts';

export type FrameFormat = 'text' | 'binary';

/** As clients and negotiation call it. */
export type TransportName = 'WebSockets' | 'ServerSentEvents' | 'LongPolling';

export interface Transport {
  readonly name: TransportName;
  /** The formats of frames that it can bring to the client. */
  readonly formats: readonly FrameFormat[];
  /** The way of transport shows by itself that both sides are there: nobody needs to ping. */
  readonly inherentKeepAlive: boolean;
  /** Bytes sent that no peer and no kernel has taken yet. */
  readonly waitingBytes: number;
  /** Who hears of this wire from now on; before that nothing is read. */
  listen(listener: TransportListener): void;
  /** The bytes may be shared with other connections: neither side may change them. */
  send(frame: Buffer, format: FrameFormat): void;
  /** Stops and restarts reading. */
  pause(): void;
  resume(): void;
  /** Ends politely: what waits is sent first. The status is a WebSocket's, the reason for logs. */
  close(status: number, reason: string): void;
  /** Ends at once and frees what waits. */
  terminate(): void;
}

/** A transport on which the client sends by POST. */
export interface HttpTransport extends Transport {
  readonly posts: Posts;
}

export interface TransportListener {
  received(frame: Buffer): void;
  /** Some of the waiting bytes have gone out. */
  flushed(): void;
  /** The peer broke the rules of the transport; the end follows. */
  broken(code: 'malformed_message' | 'message_too_large'): void;
  /** Nothing follows. The status is the one a WebSocket would end with. */
  ended(status: number): void;
}
