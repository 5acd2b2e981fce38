// A TCP way to a server that a test can hold up: bytes then wait, in order, and go on later, also those
// of a connection that the client has given up. So one client can be cut off while others are not.
// Before several servers it is a load balancer: each connection goes to the next one that takes it.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Proxy extends AsyncDisposable {
  readonly port: number;
  /** Keeps what clients send and what comes back, or only the latter, until `release`. */
  hold(what?: 'all' | 'answers'): void;
  release(): void;
  /** Breaks every connection; what was held up on its way to the server still arrives. */
  drop(): void;
  /** Passes nothing more on, either way, on the connections that stand; nobody is told. */
  lose(): void;
  /** New connections go to this server; those that stand stay where they are. */
  leadTo(serverPort: number): void;
}

export async function startProxy(...serverPorts: readonly number[]): Promise<Proxy> {
  const clients = new Set<Socket>();
  const servers = new Set<Socket>();
  let held: (() => void)[] | undefined;
  let holding: 'all' | 'answers' = 'all';
  const lost = new WeakSet<Socket>();
  const pass = (to: Socket, bytes: Buffer | undefined) => {
    const send = () => {
      if (lost.has(to)) return;
      if (bytes === undefined) to.end();
      else if (to.writable) to.write(bytes);
    };
    if (held === undefined || (holding === 'answers' && servers.has(to))) send();
    else held.push(send);
  };
  let ports = serverPorts;
  let turn = 0;
  const inTurn = () => {
    const first = turn++ % ports.length;
    return [...ports.slice(first), ...ports.slice(0, first)];
  };
  const listener = createServer({ pauseOnConnect: true }, (client) => {
    clients.add(client);
    client.on('error', () => {});
    client.once('close', () => clients.delete(client));
    void connectFirst(inTurn()).then((server) => {
      if (server === undefined || client.destroyed) {
        server?.destroy();
        client.destroy();
        return;
      }
      servers.add(server);
      client.on('data', (bytes) => pass(server, bytes));
      server.on('data', (bytes) => pass(client, bytes));
      client.on('close', () => pass(server, undefined));
      server.on('close', () => {
        servers.delete(server);
        client.destroy();
      });
      client.resume();
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
    hold: (what = 'all') => {
      held ??= [];
      holding = what;
    },
    release,
    drop: () => {
      for (const client of clients) client.destroy();
    },
    lose: () => {
      for (const socket of [...clients, ...servers]) lost.add(socket);
    },
    leadTo: (serverPort) => {
      ports = [serverPort];
    },
    async [Symbol.asyncDispose]() {
      release();
      for (const socket of [...clients, ...servers]) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** The first of the servers that takes a connection. */
async function connectFirst(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const server = connect(port, '127.0.0.1');
    server.on('error', () => {});
    const taken = await Promise.race([
      once(server, 'connect').then(() => true),
      once(server, 'close').then(() => false),
    ]).catch(() => false);
    if (taken) return server;
  }
  return undefined;
}
