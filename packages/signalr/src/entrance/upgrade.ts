/**
 * Turns an upgrade request into a WebSocket, or refuses it with an HTTP status while it still is a
 * request. Sockets count against the limit from their first byte, so waiting for authentication is
 * no way around it.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { authenticate, type Authenticated, mayActFor, noRoom } from './admission.ts';
import type { Admissions } from './admissions.ts';
import { isRefusal, problemOf, problemType, type Refusal, retryAfterSeconds } from './answers.ts';
import type { Connection } from '../connection.ts';
import { createConnectionId } from './connection-tokens.ts';
import { readConnectionToken } from './credentials.ts';
import type { Found, Registry } from './registry.ts';
import type { Opening } from './serve-connection.ts';
import type { Hooks } from '../hooks.ts';
import type { Limits } from '../limits.ts';
import type { HubOptions } from '../options.ts';
import type { HubStats } from '../stats.ts';
import { WebSocketTransport } from '../transports/web-socket.ts';

export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  query: URLSearchParams;
}

/** What an upgrade is for, or the status that refuses it. */
type Aim<Identity> =
  | { connectionId: string; stateful: boolean }
  | { connection: Connection<Identity> }
  /** Another process has to answer. */
  | { nodeId: string }
  | Refusal;

const tooMany: Refusal = { status: 503, reason: 'connections_full' };
const late: Refusal = { status: 503, reason: 'admission_late' };

/** Returns a function that never rejects and calls `open` for each WebSocket it lets in. */
export function createUpgrade<Identity>(side: {
  options: HubOptions<Identity>;
  hooks: Hooks<Identity>;
  admissions: Admissions;
  limits: Limits;
  registry: Registry<Identity>;
  stats: HubStats;
  isDraining: () => boolean;
  open: (opening: Opening<Identity>) => void;
}): (upgrade: UpgradeRequest) => Promise<void> {
  const { options, hooks, limits, registry, stats } = side;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytesMax,
  });
  let sockets = 0;

  async function upgradeOrRefuse(upgrade: UpgradeRequest): Promise<void> {
    const { request, socket, head, query } = upgrade;
    // Before 1.1 a connection could not become something else.
    if (request.httpVersion === '1.0') return refuse(upgrade, { status: 400 });
    const closed = sockets > limits.connectionsMax ? tooMany : noRoom(side);
    if (closed !== undefined) return refuse(upgrade, closed);
    const deadline = setTimeout(() => refuse(upgrade, late), limits.handshakeMs);
    // Half of a socket is no use to a WebSocket, so the peer has gone.
    const leave = () => socket.destroy();
    socket.once('end', leave);
    const token = readConnectionToken(query);
    const opens = token === undefined || registry.find(token).state !== 'open';
    const authentication = await authenticate(side, upgrade, { opens });
    clearTimeout(deadline);
    socket.off('end', leave);
    if (authentication === undefined) return;
    if (isRefusal(authentication)) return refuse(upgrade, authentication);
    const aim =
      token === undefined
        ? openNew(createConnectionId(), false)
        : aimOf(registry.find(token), authentication);
    if (isRefusal(aim)) return refuse(upgrade, aim);
    if ('nodeId' in aim) return options.onElsewhere!(aim.nodeId, { request, socket, head });
    const { identity, expiresAtMs = Infinity } = authentication;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const transport = new WebSocketTransport(webSocket, socket);
      if ('connection' in aim) aim.connection.reattach(transport);
      else side.open({ ...aim, identity, expiresAtMs, transport });
    });
  }

  function aimOf(found: Found<Identity>, caller: Authenticated<Identity>): Aim<Identity> {
    if (!mayActFor(side, caller, found)) return { status: 403 };
    switch (found.state) {
      case 'unknown':
        return { status: 404 };
      case 'open': {
        const { connection } = found;
        if (!(connection.transport instanceof WebSocketTransport)) return { status: 400 };
        if (connection.closed) return { status: 404 };
        if (!connection.stateful) return { status: 409 };
        if (connection.resumable) return { connection };
        // Its client has lost the socket without a word, and more with it than is kept.
        connection.disconnect('slow_consumer');
        return { status: 404 };
      }
      case 'elsewhere': {
        const { connectionId, nodeId, stateful, expired } = found.negotiated;
        // A plain WebSocket is at home wherever it arrives first.
        const here = !expired && !(stateful && options.onElsewhere !== undefined);
        if (here) return openNew(connectionId, stateful);
        return options.onElsewhere === undefined ? { status: 404 } : { nodeId };
      }
      case 'new':
        return openNew(found.negotiated.connectionId, found.negotiated.stateful);
    }
  }

  function openNew(connectionId: string, stateful: boolean): Aim<Identity> {
    return noRoom(side) ?? { connectionId, stateful };
  }

  function refuse({ socket, request }: UpgradeRequest, refusal: Refusal): void {
    const { status } = refusal;
    const problem = problemOf(hooks, refusal, request);
    stats.refused += 1;
    // Node leaves the peer's half of an upgraded socket open, for as long as the peer likes.
    socket.once('finish', () => socket.destroy());
    const headers: Record<number, string> = {
      401: 'WWW-Authenticate: Bearer\r\n',
      503: `Retry-After: ${retryAfterSeconds}\r\n`,
    };
    const json = problem === undefined ? '' : JSON.stringify(problem);
    const type = problem === undefined ? '' : `Content-Type: ${problemType}\r\n`;
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
        `${headers[status] ?? ''}${type}Connection: close\r\n` +
        `Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
    );
  }

  return async (upgrade) => {
    const { socket } = upgrade;
    sockets += 1;
    socket.once('close', () => {
      sockets -= 1;
    });
    // A socket without a listener would end the process when its peer goes away.
    socket.on('error', () => socket.destroy());
    try {
      await upgradeOrRefuse(upgrade);
    } catch (error) {
      hooks.failed(error);
      socket.destroy();
    }
  };
}
