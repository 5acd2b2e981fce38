/**
 * The client's half of server-sent events and long polling: every POST brings a frame. They are
 * taken in the order they came, and each is answered when there is room for the next, so a client
 * that waits for its answers cannot flood the connection and one that does not gains nothing.
 */
import type { IncomingMessage } from 'node:http';
import { type Deferred, deferred } from '../deferred.ts';

export interface PostLimits {
  frameBytesMax: number;
  /** How long the body of a POST may take to arrive. */
  postMs: number;
  /** POSTs of one connection that wait for their turn. */
  postsMax: number;
}

export class Posts {
  readonly #limits: PostLimits;
  #received: ((frame: Buffer) => void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #room: Deferred<void> | undefined;
  #ended = false;

  constructor(limits: PostLimits) {
    this.#limits = limits;
  }

  listen(received: (frame: Buffer) => void): void {
    this.#received = received;
  }

  /** From here on POSTs wait, their bodies unread. */
  pause(): void {
    this.#room ??= deferred();
  }

  resume(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Those that wait, and all that come, are answered 404. */
  end(): void {
    this.#ended = true;
    this.resume();
  }

  /** Resolves to the HTTP status of the answer when the frame has been taken, or refused. */
  async take(request: IncomingMessage): Promise<number> {
    const { frameBytesMax, postsMax } = this.#limits;
    if (Number(request.headers['content-length'] ?? 0) > frameBytesMax) return 413;
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') return 415;
    if (this.#waiting >= postsMax) return 429;
    this.#waiting += 1;
    const before = this.#last;
    const turn = deferred();
    this.#last = turn.promise;
    await before;
    try {
      return await this.#takeNext(request);
    } finally {
      this.#waiting -= 1;
      turn.resolve();
    }
  }

  async #takeNext(request: IncomingMessage): Promise<number> {
    await this.#room?.promise;
    if (this.#ended) return 404;
    const body = await readBody(request, this.#limits);
    if (!Buffer.isBuffer(body)) return body.status;
    if (this.#ended) return 404;
    this.#received?.(body);
    await this.#room?.promise;
    return 200;
  }
}

/** The body, or the status that refuses it; of a client that has gone, any status will do. */
function readBody(
  request: IncomingMessage,
  { frameBytesMax, postMs }: PostLimits,
): Promise<Buffer | { status: number }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const done = (result: Buffer | { status: number }) => {
      clearTimeout(deadline);
      request.off('data', take).off('end', end).off('close', gone);
      // What still comes is dropped, so that the answer is not lost to a broken connection.
      request.resume();
      resolve(result);
    };
    const take = (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > frameBytesMax) done({ status: 413 });
    };
    const end = () => done(Buffer.concat(chunks, bytes));
    const gone = () => done({ status: 400 });
    const deadline = setTimeout(done, postMs, { status: 408 });
    if (request.destroyed) return gone();
    request.on('data', take).on('end', end).on('close', gone);
  });
}
