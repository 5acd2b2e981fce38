/**
 * The HTTP side of the hub: preflights, negotiation, and honest refusals for whatever a WebSocket
 * hub cannot do with a plain request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, type ConnectionIds, isRefusal } from './admission.ts';
import type { ConnectionTokens } from './connection-tokens.ts';
import { addCorsHeaders } from './cors.ts';
import type { Hooks } from '../hooks.ts';
import { negotiate } from './negotiate.ts';
import type { HubOptions } from '../options.ts';
import type { HubStats } from '../stats.ts';

export interface HttpSide<Identity> {
  options: HubOptions<Identity>;
  hooks: Hooks<Identity>;
  tokens: ConnectionTokens;
  ids: ConnectionIds;
  stats: HubStats;
  isDraining: () => boolean;
}

export type Endpoint = 'negotiate' | 'connection';

/** Never rejects; always ends the response. */
export async function answerRequest<Identity>(
  side: HttpSide<Identity>,
  endpoint: Endpoint,
  query: URLSearchParams,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange;
  try {
    const { allowOrigin } = side.options;
    if (allowOrigin !== undefined) addCorsHeaders(request, response, allowOrigin);
    const answer = await decide(side, endpoint, query, request);
    if (answer.status >= 400) side.stats.refused += 1;
    write(response, answer);
  } catch (error) {
    side.hooks.failed(error);
    response.destroy();
  }
}

interface Answer {
  status: number;
  body?: object;
}

const methodsOf = { negotiate: ['POST'], connection: ['GET', 'POST', 'DELETE'] };

async function decide<Identity>(
  side: HttpSide<Identity>,
  endpoint: Endpoint,
  query: URLSearchParams,
  request: IncomingMessage,
): Promise<Answer> {
  const method = request.method ?? '';
  if (method === 'OPTIONS') return { status: 204 };
  if (!methodsOf[endpoint].includes(method)) return { status: 405 };
  const authentication = await authenticate(side, request, query);
  if (isRefusal(authentication)) return { status: authentication.status };
  if (endpoint === 'connection') return side.ids.refuse(method, query.get('id'));
  if (side.isDraining()) return { status: 503 };
  return { status: 200, body: negotiate(query.get('negotiateVersion'), side.tokens) };
}

function write(response: ServerResponse, { status, body }: Answer): void {
  response.statusCode = status;
  response.setHeader('Cache-Control', 'no-store');
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (body === undefined) {
    response.end();
    return;
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
