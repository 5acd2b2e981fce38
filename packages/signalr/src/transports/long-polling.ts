/**
 * Long polling as a transport: frames wait until the client asks, and a poll takes all of them; POSTs
 * bring the client's. A poll is over when its answer has gone out: frames that were on their way when
 * the client broke off wait for its next poll.
 */
import type { ServerResponse } from 'node:http';
import type { Posts } from './posts.ts';
import type { FrameFormat, HttpTransport, TransportListener } from './transport.ts';

export interface PollLimits {
  /** An empty answer ends a poll after this long. */
  pollMs: number;
  /** A client that has not polled again for this long is gone. */
  pollGapMs: number;
}

export class LongPollingTransport implements HttpTransport {
  readonly formats = ['text', 'binary'] as const;
  readonly name = 'LongPolling';
  readonly inherentKeepAlive = true;
  readonly posts: Posts;
  readonly #limits: PollLimits;
  #listener: TransportListener | undefined;
  #frames: Buffer[] = [];
  #waitingBytes = 0;
  #binary = false;
  #poll: ServerResponse | undefined;
  #polled = false;
  #answering = false;
  #flushPending = false;
  /** The status to end with, once the client has been told. */
  #closing: number | undefined;
  #ended = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(posts: Posts, limits: PollLimits) {
    this.posts = posts;
    this.#limits = limits;
    this.#awaitPoll();
  }

  listen(listener: TransportListener): void {
    this.#listener = listener;
    this.posts.listen((frame) => listener.received(frame));
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  send(frame: Buffer, format: FrameFormat): void {
    if (this.#ended) return;
    this.#frames.push(frame);
    this.#waitingBytes += frame.length;
    this.#binary ||= format === 'binary';
    if (this.#poll === undefined || this.#flushPending) return;
    // What is sent in one go travels in one answer.
    this.#flushPending = true;
    setImmediate(() => {
      this.#flushPending = false;
      this.#flush();
    });
  }

  /** Answers now or when there is something to say; a poll that is still open ends with 204. */
  poll(response: ServerResponse): void {
    this.#supersede();
    if (this.#ended) return void response.writeHead(204).end();
    this.#poll = response;
    response.once('close', () => this.#over(response));
    const first = !this.#polled;
    this.#polled = true;
    // An empty answer at once tells the client that the connection is there.
    if (first) return this.#answer(noBytes);
    this.#arm(this.#limits.pollMs, () => this.#expire());
    this.#flush();
  }

  /** The client leaves. */
  delete(): void {
    this.#end(1000);
  }

  pause(): void {
    this.posts.pause();
  }

  resume(): void {
    this.posts.resume();
  }

  close(status: number): void {
    this.#closing = status;
    this.#flush();
  }

  terminate(): void {
    this.#end(1006);
  }

  #flush(): void {
    if (this.#poll === undefined || this.#answering) return;
    if (this.#frames.length > 0) this.#answer(Buffer.concat(this.#frames));
    else if (this.#closing !== undefined) this.#end(this.#closing);
  }

  #answer(body: Buffer): void {
    const response = this.#poll!;
    const frames = this.#frames.length;
    this.#answering = true;
    response.writeHead(200, {
      'Content-Type': this.#binary ? 'application/octet-stream' : 'text/plain; charset=utf-8',
      'Content-Length': body.length,
      'Cache-Control': 'no-cache,no-store',
    });
    response.write(body, (error) => {
      if (error || this.#ended || body.length === 0) return;
      this.#frames.splice(0, frames);
      this.#waitingBytes -= body.length;
      this.#listener?.flushed();
    });
    response.end();
  }

  /** Nothing to say for too long; or an answer that nobody takes. */
  #expire(): void {
    if (this.#answering) this.#poll?.destroy();
    else this.#answer(noBytes);
  }

  /** A client that asks again has given up the poll before. */
  #supersede(): void {
    if (this.#answering) this.#poll?.destroy();
    else this.#poll?.writeHead(204).end();
    this.#over(this.#poll);
  }

  #over(poll: ServerResponse | undefined): void {
    if (poll !== this.#poll) return;
    this.#poll = undefined;
    this.#answering = false;
    if (!this.#ended) this.#awaitPoll();
  }

  #awaitPoll(): void {
    this.#arm(this.#limits.pollGapMs, () => this.terminate());
  }

  #arm(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }

  #end(status: number): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#supersede();
    clearTimeout(this.#timer);
    this.#frames = [];
    this.#waitingBytes = 0;
    this.posts.end();
    this.#listener?.ended(status);
  }
}

const noBytes = Buffer.alloc(0);
