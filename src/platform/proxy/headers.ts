// Which headers go on. Those that describe one connection end here; what the next hop must
// know about this one is added.
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** Of one connection (RFC 9110, 7.6.1), and `expect`, which the gateway has already answered. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const replaced: ReadonlySet<string> = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-request-id',
]);

/** The caller's request id where it is a plain one, so that a trace may begin before us. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}

/** Name and value in turn, as they came, but for what ends here and what `drop` names. */
export function requestHeaders(
  request: IncomingMessage,
  requestId: string,
  drop: ReadonlySet<string>,
): string[] {
  const ends = namedByConnection(request.headers.connection);
  const headers: string[] = [];
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (hopByHop.has(name) || replaced.has(name) || drop.has(name) || ends.has(name)) continue;
    headers.push(name, rawHeaders[i + 1]!);
  }
  const { remoteAddress } = request.socket;
  const before = request.headers['x-forwarded-for'];
  const path = [...(before === undefined ? [] : [before]), remoteAddress ?? 'unknown'];
  const proto = request.headers['x-forwarded-proto'];
  headers.push('x-forwarded-for', path.join(', '));
  headers.push('x-forwarded-proto', typeof proto === 'string' ? proto : 'http');
  headers.push('x-request-id', requestId);
  return headers;
}

/** The upstream's headers with `ours` beside them; of `vary` both count. */
export function responseHeaders(
  theirs: IncomingHttpHeaders,
  ours: OutgoingHttpHeaders,
): OutgoingHttpHeaders {
  const ends = namedByConnection(theirs.connection);
  const headers: OutgoingHttpHeaders = { ...ours };
  for (const [name, value] of Object.entries(theirs)) {
    if (hopByHop.has(name) || ends.has(name) || value === undefined) continue;
    headers[name] = name === 'vary' ? merged(ours['vary'], value) : value;
  }
  return headers;
}

function namedByConnection(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || /^(keep-alive|close)$/i.test(connection)) return new Set();
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}

function merged(...lists: readonly OutgoingHttpHeaders[string][]): string {
  const names = lists.flat().flatMap((list) => (list === undefined ? [] : String(list).split(',')));
  return [...new Set(names.map((name) => name.trim().toLowerCase()))].join(', ');
}
