// The HTTP server under every app: limits on headers, on time and on idle connections, and an answer in
// problem+json also for what never became a request.
import {
  STATUS_CODES,
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { problem, type Problem } from '../contracts/problems.ts';

const headerBytesMax = 16 * 1024;
const headersTimeoutMs = 10_000;
const requestTimeoutMs = 30_000;
const keepAliveTimeoutMs = 72_000;
/** Node looks for requests that are too slow only so often. */
const slownessCheckMs = 1_000;

const mediaType = 'application/problem+json';

/** Answers a request, unless it returns false. */
export type First = (request: IncomingMessage, response: ServerResponse) => boolean;

/** @param first sees every request before `answer` */
export function createHttpServer(answer: RequestListener, first?: First): Server {
  const listener: RequestListener = (request, response) => {
    if (request.headers.host === undefined && request.httpVersionMinor === 1) {
      const body = problem('invalid_request', 'The Host header is missing.');
      response.writeHead(body.status, { 'content-type': mediaType, connection: 'close' });
      response.end(JSON.stringify(body));
    } else if (first === undefined || !first(request, response)) {
      answer(request, response);
    }
  };
  const options = {
    maxHeaderSize: headerBytesMax,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: slownessCheckMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    // Node's own answer would have no body.
    requireHostHeader: false,
  };
  const server = createServer(options, listener);
  // What else a caller expects than 100-continue is no reason for an empty 417.
  server.on('checkExpectation', listener);
  server.on('connect', (_request, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    endWithProblem(socket, problem('method_not_allowed', 'This is no proxy.'));
  });
  return server;
}

/** A request that never became one (bad framing, headers too large, too slow) still gets an answer. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
  else endWithProblem(socket, problemOf(error));
}

function problemOf({ code }: NodeJS.ErrnoException): Problem {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return problem('headers_too_large', `Headers may have ${headerBytesMax} bytes.`);
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return problem('invalid_request', 'The request came too slowly.');
    default:
      return problem('invalid_request', 'The request is not valid HTTP.');
  }
}

/** Writes a problem as the answer of a connection that no app answers, and closes it. */
export function endWithProblem(socket: Duplex, body: Problem, retryAfterSeconds?: number): void {
  const json = JSON.stringify(body);
  socket.end(
    `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status]}\r\n` +
      `content-type: ${mediaType}\r\ncontent-length: ${Buffer.byteLength(json)}\r\n` +
      (retryAfterSeconds === undefined ? '' : `retry-after: ${retryAfterSeconds}\r\n`) +
      `connection: close\r\n\r\n${json}`,
  );
}
