/** Where a request keeps its path, its query and its tokens. */
import type { IncomingMessage } from 'node:http';

export function splitUrl(request: IncomingMessage): { path: string; query: URLSearchParams } {
  const url = request.url ?? '';
  const end = url.indexOf('?');
  const path = end === -1 ? url : url.slice(0, end);
  const query = new URLSearchParams(end === -1 ? '' : url.slice(end));
  return { path: withoutEndSlash(path), query };
}

/** A slash at the end names the same: a client whose URL has one sends it with all but negotiations. */
export function withoutEndSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** Of the connection that the request is for; an empty one is none. */
export function readConnectionToken(query: URLSearchParams): string | undefined {
  return query.get('id') || undefined;
}

/** The header goes before the query, which only browsers need. */
export function readToken(request: IncomingMessage, query: URLSearchParams): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '');
  return bearer?.[1] ?? query.get('access_token') ?? undefined;
}
