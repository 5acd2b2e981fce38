// The HTTP server under every app: it stands between a crowd and the role. It bounds how many connect
// and from where, how large a head is, how long it and a body take and how many requests are under way
// at once; and whatever is refused hears why in problem+json, also what never became a request.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problem, type Problem } from '../contracts/problems.ts';
import { answerProblem, endWithProblem } from './end-with-problem.ts';
import { Connections, type OpenConnection } from './floods/connections.ts';
import type { ServerLimits } from './floods/limits.ts';
import { createFloodRefusals, type FloodReason, type FloodRefusals } from './floods/refusals.ts';
import { Requests, tooSlow } from './floods/requests.ts';
import { spreadSeconds } from './guards/guard.ts';
import type { Log } from './logs.ts';
import type { Metrics } from './metrics.ts';

const keepAliveTimeoutMs = 72_000;
/** Refused connections that are still told why, each for so long; beyond them they are just closed. */
const toldMax = 1_000;
const toldMs = 500;

/** Answers a request, unless it returns false. */
export type First = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface HttpServerOptions {
  readonly limits: ServerLimits;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Sees every request before `answer`. */
  readonly first?: First | undefined;
  readonly answer: RequestListener;
}

export interface HttpServer {
  readonly server: Server;
  /** Refused or cut off before they were requests. */
  readonly floods: FloodRefusals['counts'];
  /** Answers what never became a request. */
  readonly onClientError: (error: NodeJS.ErrnoException, socket: Duplex) => void;
}

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { limits, metrics, log, first, answer } = options;
  const refusals = createFloodRefusals(metrics, log);
  const connections = new Connections(limits, refusals);
  const requests = new Requests(limits, connections, refusals);
  const listener: RequestListener = (request, response) => {
    if (request.headers.host === undefined && request.httpVersionMinor === 1) {
      answerProblem(response, problem('invalid_request', 'The Host header is missing.'));
    } else if (requests.admit(request, response)) {
      if (first === undefined || !first(request, response)) answer(request, response);
    }
  };
  const server = createServer(
    {
      maxHeaderSize: limits.headBytesMax,
      headersTimeout: limits.headTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      connectionsCheckingInterval: limits.lookEveryMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      // Node's own answer would have no body.
      requireHostHeader: false,
    },
    listener,
  );
  // What else a caller expects than 100-continue is no reason for an empty 417.
  server.on('checkExpectation', listener);
  server.on('connect', (_request, socket: Duplex) => {
    socket.on('error', () => socket.destroy());
    endWithProblem(socket, problem('method_not_allowed', 'This is no proxy.'));
  });
  let follows = false;
  // Only beside a role's own listener: where there is any, Node takes every offer to upgrade as taken.
  server.on('newListener', (event) => {
    if (event !== 'upgrade' || follows) return;
    follows = true;
    server.on('upgrade', (_request, socket: Socket) => {
      const connection = connections.of(socket);
      if (connection !== undefined) connection.upgraded = true;
    });
  });
  admitFirst(server, connections, refusals);
  const looking = setInterval(() => requests.cutSlowBodies(), limits.lookEveryMs).unref();
  server.once('close', () => clearInterval(looking));
  metrics.gauge('http_connections', 'Connections to the server', () => connections.count);
  metrics.gauge('http_connections_limit', 'Most connections', () => limits.connectionsMax);

  return {
    server,
    floods: refusals.counts,
    onClientError(error, socket) {
      if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
      const reason = reasonOf(error, connections.of(socket as Socket));
      refusals.count(reason, (socket as Socket).remoteAddress);
      endWithProblem(socket, problemOf(reason, limits));
    },
  };
}

/** Before Node's own listener, which makes of every connection one that may send requests. */
function admitFirst(server: Server, connections: Connections, refusals: FloodRefusals): void {
  const accept = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  let told = 0;
  server.on('connection', (socket: Socket) => {
    const reason = connections.admit(socket);
    if (reason === undefined) {
      for (const each of accept) each.call(server, socket);
      return;
    }
    refusals.count(reason, socket.remoteAddress);
    if (told >= toldMax) return void socket.destroy();
    told += 1;
    socket.once('close', () => (told -= 1));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(toldMs, () => socket.destroy()).resume();
    const code = reason === 'connections' ? 'overloaded' : 'rate_limited';
    const body = problem(code, 'Too many connections are open.');
    endWithProblem(socket, body, spreadSeconds(Math.random));
  });
}

function reasonOf(
  { code }: NodeJS.ErrnoException,
  connection: OpenConnection | undefined,
): FloodReason {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return 'head_too_large';
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return connection?.request?.complete === false ? 'slow_body' : 'slow_head';
    default:
      return 'malformed';
  }
}

function problemOf(reason: FloodReason, { headBytesMax }: ServerLimits): Problem {
  switch (reason) {
    case 'head_too_large':
      return problem('headers_too_large', `Headers may have ${headBytesMax} bytes.`);
    case 'slow_head':
    case 'slow_body':
      return tooSlow;
    default:
      return problem('invalid_request', 'The request is not valid HTTP.');
  }
}
