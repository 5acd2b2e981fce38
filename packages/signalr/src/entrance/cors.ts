/**
 * CORS for browsers on other origins. The official client sends credentials by default, so the
 * origin is echoed, never `*`. So are the names of the headers that it means to send: an application
 * adds its own (a tenant, a trace) by the client's `headers`, and to an allowed origin none is worth
 * more than the token, which is always allowed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the official clients send themselves. */
const usualHeaders = 'authorization, content-type, x-requested-with, x-signalr-user-agent';
const preflightMaxAgeSeconds = 600;

export function addCorsHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  allowOrigin: (origin: string) => boolean,
): void {
  response.setHeader('Vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !allowOrigin(origin)) return;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (request.method !== 'OPTIONS') return;
  const asked = request.headers['access-control-request-headers'];
  response.setHeader('Access-Control-Allow-Headers', asked ?? usualHeaders);
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, DELETE');
  response.setHeader('Access-Control-Max-Age', preflightMaxAgeSeconds);
}
