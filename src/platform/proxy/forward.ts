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
import { requestTimeoutMs } from '../request-timeout.ts';
import { limitedBody } from './limited-body.ts';
import type { Upstream } from './upstream.ts';

export interface ForwardOptions {
  /** Names of request headers that end here. */
  readonly drop?: ReadonlySet<string>;
  /** Headers of the answer beside the upstream's own. */
  readonly headers?: OutgoingHttpHeaders;
  /** See `Upstream.enter`. */
  readonly always?: boolean;
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
  { drop = new Set(), headers = {}, always = false }: ForwardOptions = {},
): Promise<void> {
  const requestId = requestIdOf(request);
  const passage = upstream.enter(always);
  let body: Transform | null = null;
  try {
    body = limitedBody(request);
    const options: Dispatcher.DispatchOptions = {
      method: request.method as Dispatcher.HttpMethod,
      path: upstream.basePath + request.url!,
      headers: requestHeaders(request, requestId, drop),
      body,
    };
    const answer = new Answer(response, {
      headers: { ...headers, 'x-request-id': requestId },
      started: passage.succeeded,
    });
    const timeoutMs = timeoutMsOf(request);
    upstream.retries.earn();
    try {
      await answer.from(upstream.pool, options, timeoutMs);
    } catch (error) {
      // The role may have closed a kept connection just when we took it. A read may be asked again.
      const again = isSafe(request, body) && wasClosed(error) && upstream.retries.take();
      if (!again) throw error;
      await answer.from(upstream.pool, options, timeoutMs);
    }
  } catch (error) {
    if (isFailure(error)) passage.failed();
    throw problemOf(error, upstream);
  } finally {
    // What the role did not wait for is read and dropped, so that the connection can go on.
    body?.destroy();
    passage.leave();
  }
}

/** The caller has stopped waiting: nothing that comes is of use to it. */
class CallerTimeout extends Error {}

class Answer {
  readonly #response: ServerResponse;
  readonly #headers: OutgoingHttpHeaders;
  readonly #onStart: () => void;
  started = false;

  constructor(
    response: ServerResponse,
    { headers, started }: { readonly headers: OutgoingHttpHeaders; readonly started: () => void },
  ) {
    this.#response = response;
    this.#headers = headers;
    this.#onStart = started;
  }

  /** Rejects only while nothing of the answer has been passed on. */
  from(
    pool: Dispatcher,
    options: Dispatcher.DispatchOptions,
    timeoutMs: number | undefined,
  ): Promise<void> {
    const response = this.#response;
    return new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined;
      const drained = () => controller?.resume();
      const gone = () => {
        controller?.abort(new Error('The caller went away'));
        stopListening();
        resolve();
      };
      const late = () => {
        if (this.started) return;
        const error = new CallerTimeout('The caller no longer waits');
        stopListening();
        reject(error);
        controller?.abort(error);
      };
      const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
      const stopListening = () => {
        clearTimeout(timer);
        response.off('drain', drained).off('close', gone).off('error', gone);
      };
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
    this.#onStart();
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

/** The role's doing: not a body that is wrong, nor a caller who had no time. */
function isFailure(error: unknown): boolean {
  if (error instanceof ProblemError || error instanceof CallerTimeout) return false;
  const code = (error as { code?: string }).code ?? '';
  return /^(UND_ERR_(CONNECT_TIMEOUT|HEADERS_TIMEOUT|SOCKET)|E[A-Z]+)$/.test(code);
}

function problemOf(error: unknown, upstream: Upstream): ProblemError {
  if (error instanceof ProblemError) return error;
  if ((error as { code?: string }).code === 'UND_ERR_INVALID_ARG') {
    return new ProblemError('invalid_request', 'The request cannot be passed on as it is.');
  }
  return upstream.unavailable();
}

/** How long the caller waits, which the role reads too: a moment more, so that the role's own answer is
 * the one that is seen. What is no time is the role's to refuse. */
function timeoutMsOf({ headers }: IncomingMessage): number | undefined {
  const givenMs = requestTimeoutMs(headers);
  return givenMs === undefined || Number.isNaN(givenMs) ? undefined : givenMs + graceMs;
}

const graceMs = 250;
