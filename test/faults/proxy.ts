// A TCP way to a server that a test can hold up: bytes then wait, in order, and go on later, also those
// of a connection that the client has given up. So one client can be cut off while others are not.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Keeps what clients send, and what comes back, until `release`. */
  hold(): void;
  release(): void;
  /** Breaks every connection; what was held up on its way to the server still arrives. */
  drop(): void;
}

export async function startProxy(serverPort: number): Promise<Proxy> {
  const clients = new Set<Socket>();
  const servers = new Set<Socket>();
  let held: (() => void)[] | undefined;
  const pass = (to: Socket, bytes: Buffer | undefined) => {
    const send = () => void (bytes === undefined ? to.end() : to.writable && to.write(bytes));
    if (held === undefined) send();
    else held.push(send);
  };
  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    clients.add(client);
    servers.add(server);
    client.on('data', (bytes) => pass(server, bytes));
    server.on('data', (bytes) => pass(client, bytes));
    client.on('error', () => {});
    server.on('error', () => {});
    client.on('close', () => {
      clients.delete(client);
      pass(server, undefined);
    });
    server.on('close', () => {
      servers.delete(server);
      client.destroy();
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const release = () => {
    const waiting = held ?? [];
    held = undefined;
    for (const send of waiting) send();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    hold: () => {
      held ??= [];
    },
    release,
    drop: () => {
      for (const client of clients) client.destroy();
    },
    async [Symbol.asyncDispose]() {
      release();
      for (const socket of [...clients, ...servers]) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
