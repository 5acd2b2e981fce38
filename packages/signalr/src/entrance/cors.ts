/**
 * CORS for browsers on other origins. The official client sends credentials by default, so the
 * origin is echoed, never `*`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';

const allowedHeaders = 'authorization, content-type, x-requested-with, x-signalr-user-agent';
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
  response.setHeader('Access-Control-Allow-Headers', allowedHeaders);
  response.setHeader('Access-Control-Allow-Methods', 'GET, POST, DELETE');
  response.setHeader('Access-Control-Max-Age', preflightMaxAgeSeconds);
}
