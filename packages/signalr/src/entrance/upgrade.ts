/**
 * Turns an upgrade request into a WebSocket, or refuses it with an HTTP status while it still is a
 * request. Sockets count against the limit from their first byte, so waiting for authentication is
 * no way around it.
 */
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { authenticate, type ConnectionIds, isRefusal } from './admission.ts';
import type { Hooks } from '../hooks.ts';
import type { Limits } from '../limits.ts';
import type { HubOptions } from '../options.ts';
import type { HubStats } from '../stats.ts';
import type { Transport } from '../transports/transport.ts';
import { WebSocketTransport } from '../transports/web-socket.ts';

export interface Opening<Identity> {
  connectionId: string;
  identity: Identity;
  expiresAtMs: number;
  transport: Transport;
}

export interface UpgradeRequest {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  query: URLSearchParams;
}

/** Returns a function that never rejects and calls `open` for each WebSocket it lets in. */
export function createUpgrade<Identity>(side: {
  options: HubOptions<Identity>;
  hooks: Hooks<Identity>;
  limits: Limits;
  ids: ConnectionIds;
  stats: HubStats;
  isDraining: () => boolean;
  open: (opening: Opening<Identity>) => void;
}): (upgrade: UpgradeRequest) => Promise<void> {
  const { options, hooks, limits, ids, stats } = side;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytesMax,
  });
  let sockets = 0;

  async function upgradeOrRefuse({ request, socket, head, query }: UpgradeRequest): Promise<void> {
    if (sockets > limits.connectionsMax || side.isDraining()) return refuse(socket, 503);
    const deadline = setTimeout(() => refuse(socket, 503), limits.handshakeMs);
    const authentication = await authenticate({ options, hooks }, request, query);
    clearTimeout(deadline);
    if (socket.writableEnded) return;
    if (isRefusal(authentication)) return refuse(socket, authentication.status);
    if (side.isDraining()) return refuse(socket, 503);
    const claim = ids.claim(query.get('id'));
    if (isRefusal(claim)) return refuse(socket, claim.status);
    const { identity, expiresAtMs = Infinity } = authentication;
    const { connectionId } = claim;
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const transport = new WebSocketTransport(webSocket);
      side.open({ connectionId, identity, expiresAtMs, transport });
    });
  }

  function refuse(socket: Duplex, status: number): void {
    stats.refused += 1;
    // Node leaves the peer's half of an upgraded socket open, for as long as the peer likes.
    socket.once('finish', () => socket.destroy());
    const challenge = status === 401 ? 'WWW-Authenticate: Bearer\r\n' : '';
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
        `${challenge}Connection: close\r\nContent-Length: 0\r\n\r\n`,
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
