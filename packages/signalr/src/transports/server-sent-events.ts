/**
 * Server-sent events as a transport: a response that never ends brings the server's frames, one an
 * event, and POSTs bring the client's. Text only.
 */
import type { ServerResponse } from 'node:http';
import type { Posts } from './posts.ts';
import type { HttpTransport, TransportListener } from './transport.ts';

const headers = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-cache,no-store',
  Pragma: 'no-cache',
  // Compression and buffering on the way would hold events back.
  'Content-Encoding': 'identity',
  'X-Accel-Buffering': 'no',
};

export class ServerSentEventsTransport implements HttpTransport {
  readonly formats = ['text'] as const;
  readonly name = 'ServerSentEvents';
  readonly inherentKeepAlive = false;
  readonly posts: Posts;
  readonly #response: ServerResponse;
  readonly #flushed = () => this.#listener?.flushed();
  #listener: TransportListener | undefined;
  #status = 1006;

  /** Answers at once, as some clients take the stream for open only when they have read something. */
  constructor(response: ServerResponse, posts: Posts) {
    this.#response = response;
    this.posts = posts;
    response.writeHead(200, headers);
    response.write(':\r\n');
    response.on('error', () => response.destroy());
    response.once('close', () => {
      posts.end();
      this.#listener?.ended(this.#status);
    });
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.posts.listen((frame) => listener.received(frame));
  }

  get waitingBytes(): number {
    return this.#response.writableLength;
  }

  /** No text of the protocol has a line break in it, so one line holds a frame. */
  send(frame: Buffer): void {
    if (this.#response.writableEnded) return;
    this.#response.write(Buffer.concat([eventStart, frame, eventEnd]), this.#flushed);
  }

  pause(): void {
    this.posts.pause();
  }

  resume(): void {
    this.posts.resume();
  }

  close(status: number): void {
    this.#status = status;
    this.#response.end();
  }

  terminate(): void {
    this.#response.destroy();
  }
}

const eventStart = Buffer.from('data: ');
const eventEnd = Buffer.from('\r\n\r\n');
