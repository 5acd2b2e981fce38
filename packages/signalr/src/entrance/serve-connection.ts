/**
 * The requests of server-sent events and long polling. A GET opens an event stream or is a poll, a
 * POST brings messages, a DELETE ends long polling; which connection is meant, the token says.
 */
import type { IncomingMessage } from 'node:http';
import { authenticate, mayActFor, noRoom } from './admission.ts';
import type { Admissions } from './admissions.ts';
import { type Answer, type Exchange, isRefusal, type Refusal } from './answers.ts';
import type { ConnectionTokens } from './connection-tokens.ts';
import { readConnectionToken } from './credentials.ts';
import type { Registry } from './registry.ts';
import type { Hooks } from '../hooks.ts';
import type { Limits } from '../limits.ts';
import type { HubOptions } from '../options.ts';
import type { HubStats } from '../stats.ts';
import { LongPollingTransport } from '../transports/long-polling.ts';
import { Posts } from '../transports/posts.ts';
import { ServerSentEventsTransport } from '../transports/server-sent-events.ts';
import type { HttpTransport, Transport } from '../transports/transport.ts';
import { WebSocketTransport } from '../transports/web-socket.ts';

/** A connection to begin. */
export interface Opening<Identity> {
  connectionId: string;
  /** It may outlive its transport, if the client still wants that at the handshake. */
  stateful: boolean;
  identity: Identity;
  expiresAtMs: number;
  transport: Transport;
}

export interface ConnectionRequests<Identity> {
  options: HubOptions<Identity>;
  hooks: Hooks<Identity>;
  admissions: Admissions;
  limits: Limits;
  tokens: ConnectionTokens;
  registry: Registry<Identity>;
  stats: HubStats;
  isDraining: () => boolean;
  open: (opening: Opening<Identity>) => void;
}

/** The answer, or undefined when somebody else has taken over the response, or nobody is there for it. */
export async function serveConnection<Identity>(
  side: ConnectionRequests<Identity>,
  exchange: Exchange,
): Promise<Answer | undefined> {
  const { request, response } = exchange;
  const entry = await admit(side, exchange);
  if (entry === undefined || isRefusal(entry)) return entry;
  const { transport, open } = entry;

  if (request.method === 'DELETE') {
    if (!(transport instanceof LongPollingTransport)) return { status: 400 };
    transport.delete();
    return { status: 202 };
  }
  const closed = transport === undefined ? noRoom(side) : undefined;
  if (closed !== undefined) return closed;
  if (request.method === 'POST') {
    if (transport instanceof WebSocketTransport) return { status: 405 };
    const { posts } = (transport as HttpTransport | undefined) ?? open(pollingOf(side));
    const status = await posts.take(request);
    return status === 429 ? { status, reason: 'posts_full' } : { status };
  }
  if (isEventStream(request)) {
    if (transport instanceof ServerSentEventsTransport) return { status: 409 };
    if (transport !== undefined) return { status: 400 };
    open(new ServerSentEventsTransport(response, new Posts(side.limits)));
    return undefined;
  }
  const polling = transport ?? open(pollingOf(side));
  if (!(polling instanceof LongPollingTransport)) return { status: 400 };
  polling.poll(response);
  return undefined;
}

/** What an admitted request may go on with. */
interface Entry {
  /** Of the open connection; undefined before it is opened. */
  transport: Transport | undefined;
  /** Opens the connection. */
  open<T extends Transport>(transport: T): T;
}

async function admit<Identity>(
  side: ConnectionRequests<Identity>,
  exchange: Exchange,
): Promise<Entry | Refusal | undefined> {
  const { registry, options } = side;
  const { request, response } = exchange;
  const token = readConnectionToken(exchange.query);
  const opens = token === undefined || registry.find(token).state !== 'open';
  const authentication = await authenticate(side, exchange, { opens });
  if (authentication === undefined || isRefusal(authentication)) return authentication;
  if (token === undefined) return { status: 400 };
  // It may have been opened or closed meanwhile.
  const found = registry.find(token);
  if (!mayActFor(side, authentication, found)) return { status: 403 };
  switch (found.state) {
    case 'elsewhere':
      if (options.onElsewhere === undefined) return { status: 404 };
      options.onElsewhere(found.negotiated.nodeId, { request, response });
      return undefined;
    case 'unknown':
      return { status: 404 };
    case 'open':
      return { transport: found.connection.transport, open: (transport) => transport };
    case 'new': {
      const { connectionId } = found.negotiated;
      const { identity, expiresAtMs = Infinity } = authentication;
      const open = <T extends Transport>(transport: T): T => {
        side.open({ connectionId, stateful: false, identity, expiresAtMs, transport });
        return transport;
      };
      return { transport: undefined, open };
    }
  }
}

function pollingOf<Identity>({ limits }: ConnectionRequests<Identity>): LongPollingTransport {
  return new LongPollingTransport(new Posts(limits), limits);
}

function isEventStream({ headers }: IncomingMessage): boolean {
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(headers.accept ?? '');
}
