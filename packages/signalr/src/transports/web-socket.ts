/**
 * A WebSocket as a transport. `ws` writes a frame whole and at once (compression is off), so frames
 * of pings, pushes and completions never interleave.
 */
import type { WebSocket } from 'ws';
import type { FrameFormat, Transport, TransportListener } from './transport.ts';

export class WebSocketTransport implements Transport {
  readonly formats = ['text', 'binary'] as const;
  readonly inherentKeepAlive = false;
  readonly #socket: WebSocket;
  readonly #flushed = () => this.#listener?.flushed();
  #listener: TransportListener | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
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
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Buffer, format: FrameFormat): void {
    this.#socket.send(frame, format === 'text' ? asText : asBinary, this.#flushed);
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

const asText = { binary: false };
const asBinary = { binary: true };
