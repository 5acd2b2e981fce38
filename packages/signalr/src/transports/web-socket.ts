/**
 * A WebSocket as a transport. `ws` reads and closes; data frames go straight to the socket below it, as
 * one write each, which halves what a broadcast costs. Both write whole frames at once (compression is
 * off), so frames never interleave.
 */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { FrameFormat, Transport, TransportListener } from './transport.ts';
import { frameOf } from './web-socket-frame.ts';

export class WebSocketTransport implements Transport {
  readonly formats = ['text', 'binary'] as const;
  readonly name = 'WebSockets';
  readonly inherentKeepAlive = false;
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  #listener: TransportListener | undefined;

  /** `wire` is what the WebSocket was made of. */
  constructor(socket: WebSocket, wire: Duplex) {
    this.#socket = socket;
    this.#wire = wire;
  }

  listen(listener: TransportListener): void {
    const first = this.#listener === undefined;
    this.#listener = listener;
    if (!first) return;
    this.#socket.on('message', (data) => this.#listener?.received(data as Buffer));
    this.#socket.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
        this.#listener?.broken('message_too_large');
      } else if (error.code?.startsWith('WS_ERR_')) {
        this.#listener?.broken('malformed_message');
      }
    });
    this.#socket.on('close', (status) => this.#listener?.ended(status));
    this.#wire.on('drain', () => this.#listener?.flushed());
  }

  get waitingBytes(): number {
    return this.#wire.writableLength;
  }

  send(frame: Buffer, format: FrameFormat): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#wire.write(frameOf(frame, format));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(status: number, reason: string): void {
    this.#socket.close(status, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}
