/** A TCP way to a server that can be cut: what was on it is lost, and both ends see a broken socket. */
import { connect, createServer, type Socket } from 'node:net';
import type { Server } from 'node:http';
import { listen } from './serve.ts';

export interface Wire extends AsyncDisposable {
  /** The address of the server by way of this wire. */
  url: string;
  /** Breaks all connections that pass now; later ones pass again. */
  cut(): void;
}

export async function layWire(url: string): Promise<Wire> {
  const sockets = new Set<Socket>();
  const { port, pathname } = new URL(url);
  const server = createServer((client) => {
    const upstream = connect(Number(port), '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => {});
      from.on('data', (bytes) => to.write(bytes));
      from.on('end', () => to.end());
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    url: `${await listen(server as unknown as Server)}${pathname}`,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
    },
  };
}
