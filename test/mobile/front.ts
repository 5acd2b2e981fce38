// The way from a phone to a role, as a network makes it: it passes connections on to the first of the
// servers that takes them, or answers in place of them as a captive portal does (with a page, or by
// sending the phone elsewhere), or swallows what it is sent and says nothing.
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export type Portal = 'page' | 'redirect';

export interface Front extends AsyncDisposable {
  readonly url: string;
  /** From now on to these, in this order. */
  leadTo(...servers: readonly string[]): void;
  /** Breaks all connections; new ones meet the portal, or the servers again. */
  capture(portal: Portal | undefined): void;
  /**
   * From now on nothing arrives, in either direction, and no connection breaks. What was swallowed stays lost:
   * only connections that are made afterwards lead anywhere again.
   */
  swallow(isGone: boolean): void;
  /** Requests that begin so arrive, and their answers do not: the connection breaks instead. */
  loseAnswers(to: RegExp | undefined): void;
}

/** @param servers their URLs */
export async function startFront(...servers: readonly string[]): Promise<Front> {
  const sockets = new Set<Socket>();
  let leadsTo = servers;
  let portal: Portal | undefined;
  let swallows = false;
  /** Clients of which nothing arrives any more. */
  const gone = new WeakSet<Socket>();
  let losing: RegExp | undefined;
  const captive = createHttpServer((request, response) => {
    // A portal lets a page's scripts read what it says as little as any other site.
    const elsewhere = portal === 'redirect' && request.url !== '/welcome';
    response.writeHead(elsewhere ? 302 : 200, {
      'content-type': 'text/html',
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-headers': request.headers['access-control-request-headers'] ?? '*',
      ...(elsewhere && { location: '/welcome' }),
    });
    response.end('<!doctype html><title>Welcome</title>Sign in to this network.');
  });
  const listener = createServer({ pauseOnConnect: true }, (client) => {
    keep(client);
    if (swallows) {
      gone.add(client);
      client.resume();
      return;
    }
    if (portal !== undefined) {
      captive.emit('connection', client);
      client.resume();
      return;
    }
    void connectFirst(leadsTo).then((server) => {
      if (server === undefined || client.destroyed) {
        server?.destroy();
        client.destroy();
        return;
      }
      keep(server);
      let isLost = false;
      client.on('data', (bytes) => {
        if (gone.has(client)) return;
        isLost = losing?.test(bytes.toString('latin1')) === true;
        server.write(bytes);
      });
      server.on('data', (bytes) => {
        if (gone.has(client)) return;
        if (isLost) client.destroy();
        else if (client.writable) client.write(bytes);
      });
      server.once('close', () => gone.has(client) || client.destroy());
      client.once('close', () => server.destroy());
      client.resume();
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  }
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    leadTo: (...next) => (leadsTo = next),
    loseAnswers: (to) => (losing = to),
    swallow(isGone) {
      swallows = isGone;
      if (isGone) for (const socket of sockets) gone.add(socket);
    },
    capture(next) {
      portal = next;
      drop();
    },
    async [Symbol.asyncDispose]() {
      drop();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** The first of the servers that takes a connection. */
async function connectFirst(servers: readonly string[]): Promise<Socket | undefined> {
  for (const url of servers) {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    const taken = await Promise.race([
      once(server, 'connect').then(() => true),
      once(server, 'close').then(() => false),
    ]).catch(() => false);
    if (taken) return server;
    server.destroy();
  }
  return undefined;
}
