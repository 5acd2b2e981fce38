// Finds bodies that come too slowly. A time for the whole request is not enough: it must be long for
// honest callers on bad lines, and whoever sends a byte now and then may use all of it. So a body also
// has to make progress, as long as it is the caller whom we wait for.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServerLimits } from './limits.ts';

export type SlowBodyLimits = Pick<ServerLimits, 'bodyBytesMin' | 'bodyStretchMs'>;

interface Stretch {
  readonly response: ServerResponse;
  bytesBefore: number;
  sinceMs: number;
}

export class SlowBodies {
  readonly #limits: SlowBodyLimits;
  readonly #nowMs: () => number;
  readonly #bodies = new Map<IncomingMessage, Stretch>();

  constructor(limits: SlowBodyLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  watch(request: IncomingMessage, response: ServerResponse): void {
    const { headers, socket } = request;
    const length = headers['content-length'] ?? '0';
    if (length === '0' && headers['transfer-encoding'] === undefined) return;
    this.#bodies.set(request, {
      response,
      bytesBefore: socket.bytesRead,
      sinceMs: this.#nowMs(),
    });
    request.once('close', () => this.#bodies.delete(request));
  }

  /** Those that have made too little progress. */
  find(): { request: IncomingMessage; response: ServerResponse }[] {
    const nowMs = this.#nowMs();
    const slow: { request: IncomingMessage; response: ServerResponse }[] = [];
    for (const [request, stretch] of this.#bodies) {
      const { response, bytesBefore, sinceMs } = stretch;
      const { bytesRead } = request.socket;
      // What has come is waiting for us.
      const ours = request.readableLength > 0;
      if (request.complete) {
        this.#bodies.delete(request);
      } else if (ours || bytesRead - bytesBefore >= this.#limits.bodyBytesMin) {
        stretch.bytesBefore = bytesRead;
        stretch.sinceMs = nowMs;
      } else if (nowMs - sinceMs >= this.#limits.bodyStretchMs) {
        this.#bodies.delete(request);
        slow.push({ request, response });
      }
    }
    return slow;
  }
}
