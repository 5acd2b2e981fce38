// One request on its way to a role and its answer on the way back, both streamed: nothing is held but
// what the slower side has not yet taken.
import type {
  IncomingHttpHeaders,
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import type { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import { ProblemError } from '../../contracts/problems.ts';
import { requestHeaders, requestIdOf, responseHeaders } from './headers.ts';
import { limitedBody } from './limited-body.ts';
import type { Upstream } from './upstream.ts';

export interface ForwardOptions {
  /** Names of request headers that end here. */
  readonly drop?: ReadonlySet<string>;
  /** Headers of the answer beside the upstream's own. */
  readonly headers?: OutgoingHttpHeaders;
}

/**
 * Resolves when the answer has been passed on, or its caller has gone.
 * @throws ProblemError when there is no answer to pass on: `unavailable`, `overloaded`,
 *   `payload_too_large`, `invalid_request`; nothing has then been written.
 */
export async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  { drop = new Set(), headers = {} }: ForwardOptions = {},
): Promise<void> {
  const requestId = requestIdOf(request);
  const leave = upstream.enter();
  let body: Transform | null = null;
  try {
    body = limitedBody(request);
    const options: Dispatcher.DispatchOptions = {
      method: request.method as Dispatcher.HttpMethod,
      path: upstream.basePath + request.url!,
      headers: requestHeaders(request, requestId, drop),
      body,
    };
    const answer = new Answer(response, { ...headers, 'x-request-id': requestId });
    try {
      await answer.from(upstream.pool, options);
    } catch (error) {
      // The role may have closed a kept connection just when we took it. A read may be asked again.
      if (!isSafe(request, body) || !wasClosed(error)) throw error;
      await answer.from(upstream.pool, options);
    }
  } catch (error) {
    throw problemOf(error, upstream);
  } finally {
    // What the role did not wait for is read and dropped, so that the connection can go on.
    body?.destroy();
    leave();
  }
}

class Answer {
  readonly #response: ServerResponse;
  readonly #headers: OutgoingHttpHeaders;
  started = false;

  constructor(response: ServerResponse, headers: OutgoingHttpHeaders) {
    this.#response = response;
    this.#headers = headers;
  }

  /** Rejects only while nothing of the answer has been passed on. */
  from(pool: Dispatcher, options: Dispatcher.DispatchOptions): Promise<void> {
    const response = this.#response;
    return new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      const drained = () => controller?.resume();
      const gone = () => {
        controller?.abort(new Error('The caller went away'));
        stopListening();
        resolve();
      };
      const stopListening = () =>
        response.off('drain', drained).off('close', gone).off('error', gone);
      response.on('drain', drained).on('close', gone).on('error', gone);
      pool.dispatch(options, {
        onRequestStart: (started) => {
          controller = started;
          if (response.destroyed) gone();
        },
        onResponseStart: (_controller, status, theirs) => {
          if (status >= 200) this.#start(status, theirs);
        },
        onResponseData: (controller, chunk) => {
          if (!response.write(chunk)) controller.pause();
        },
        onResponseEnd: () => {
          stopListening();
          response.end();
          resolve();
        },
        onResponseError: (_controller, error) => {
          stopListening();
          if (!this.started) return reject(error);
          // Half an answer must not look like a whole one.
          response.destroy();
          resolve();
        },
      });
    });
  }

  #start(status: number, theirs: IncomingHttpHeaders): void {
    this.started = true;
    this.#response.writeHead(status, responseHeaders(theirs, this.#headers));
    // An event stream may have nothing to say for a while, but the caller must know that it is there.
    if (theirs['content-length'] === undefined) this.#response.flushHeaders();
  }
}

function isSafe({ method }: IncomingMessage, body: Transform | null): boolean {
  return (method === 'GET' || method === 'HEAD') && body === null;
}

function wasClosed(error: unknown): boolean {
  const code = (error as { code?: string }).code ?? '';
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(code);
}

function problemOf(error: unknown, { name }: Upstream): ProblemError {
  if (error instanceof ProblemError) return error;
  if ((error as { code?: string }).code === 'UND_ERR_INVALID_ARG') {
    return new ProblemError('invalid_request', 'The request cannot be passed on as it is.');
  }
  return new ProblemError('unavailable', `The ${name} role cannot be reached or did not answer.`);
}
