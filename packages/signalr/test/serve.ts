/** A hub behind a bare HTTP server on a free port, the way a host would put it there. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Hub } from '@atlas/signalr';

export interface Served extends AsyncDisposable {
  /** http://127.0.0.1:port/ws */
  url: string;
  /** How many are open. */
  readonly sockets: number;
  /** Breaks every connection off, as a network does that fails. */
  cut(): void;
}

export async function serve<Identity>(hub: Hub<Identity>): Promise<Served> {
  const server = createServer((request, response) => {
    if (!hub.handleRequest(request, response)) response.writeHead(404).end();
  }).on('upgrade', (request, socket, head) => {
    if (!hub.handleUpgrade(request, socket, head)) socket.destroy();
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const url = `${await listen(server)}/ws`;
  return {
    url,
    get sockets() {
      return sockets.size;
    },
    cut: () => sockets.forEach((socket) => socket.destroy()),
    async [Symbol.asyncDispose]() {
      await hub.drain({ withinMs: 0 });
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Resolves when the server too has seen the last connection end. */
export async function allEnded(hub: { stats: { connections: number } }): Promise<void> {
  while (hub.stats.connections > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** Returns the address of the server, without a path. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
