/**
 * The HTTP side of the hub: preflights, negotiation, and the requests that server-sent events and
 * long polling are made of.
 */
import type { ServerResponse } from 'node:http';
import { authenticate } from './admission.ts';
import {
  type Answer,
  type Exchange,
  isRefusal,
  problemOf,
  problemType,
  retryAfterSeconds,
} from './answers.ts';
import { addCorsHeaders } from './cors.ts';
import { negotiate } from './negotiate.ts';
import { type ConnectionRequests, serveConnection } from './serve-connection.ts';

export type Endpoint = 'negotiate' | 'connection';

/** Never rejects. The response ends, unless a transport goes on with it or nobody is there to hear it. */
export async function answerRequest<Identity>(
  side: ConnectionRequests<Identity>,
  endpoint: Endpoint,
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange;
  response.on('error', () => response.destroy());
  try {
    const { allowOrigin } = side.options;
    if (allowOrigin !== undefined) addCorsHeaders(request, response, allowOrigin);
    const answer = await decide(side, endpoint, exchange);
    if (answer === undefined) return;
    if (answer.status >= 400) {
      side.stats.refused += 1;
      const problem = problemOf(side.hooks, answer, request);
      if (problem !== undefined) answer.problem = problem;
    }
    write(response, endpoint, answer);
  } catch (error) {
    side.hooks.failed(error);
    response.destroy();
  }
}

const methodsOf = { negotiate: ['POST'], connection: ['GET', 'POST', 'DELETE'] };

async function decide<Identity>(
  side: ConnectionRequests<Identity>,
  endpoint: Endpoint,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const method = exchange.request.method ?? '';
  if (method === 'OPTIONS') return { status: 204 };
  if (!methodsOf[endpoint].includes(method)) return { status: 405 };
  if (endpoint === 'connection') return serveConnection(side, exchange);
  const authentication = await authenticate(side, exchange, { opens: true });
  if (authentication === undefined || isRefusal(authentication)) return authentication;
  if (side.isDraining()) return { status: 503, reason: 'draining' };
  return { status: 200, body: negotiate(exchange.query, side.tokens) };
}

function write(response: ServerResponse, endpoint: Endpoint, answer: Answer): void {
  const { status, body, problem } = answer;
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (status === 503) response.setHeader('Retry-After', retryAfterSeconds);
  if (status === 405) response.setHeader('Allow', methodsOf[endpoint].join(', '));
  if (problem !== undefined) response.setHeader('Content-Type', problemType);
  else if (body !== undefined) response.setHeader('Content-Type', 'application/json');
  else if (status !== 204) response.setHeader('Content-Type', 'text/plain');
  const json = problem ?? body;
  response.end(json === undefined ? undefined : JSON.stringify(json));
}
