/** Where a request keeps its token and its query. */
import type { IncomingMessage } from 'node:http';

export function splitUrl(request: IncomingMessage): { path: string; query: URLSearchParams } {
  const url = request.url ?? '';
  const end = url.indexOf('?');
  if (end === -1) return { path: url, query: new URLSearchParams() };
  return { path: url.slice(0, end), query: new URLSearchParams(url.slice(end)) };
}

/** The header goes before the query, which only browsers need. */
export function readToken(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '');
  return bearer?.[1] ?? query.get('access_token') ?? undefined;
}
