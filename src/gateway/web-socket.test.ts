import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { role, testGateway } from './testing.ts';

/** A role whose WebSockets send back what they get. */
async function echoRole() {
  const server = await role((_request, response) => response.writeHead(404).end());
  const sockets = new WebSocketServer({ server: server.server });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return Object.assign(server, { sockets });
}

async function open(port: number, path = '/ws'): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, 'open');
  return socket;
}

/** Asks for an upgrade by hand and resolves with everything that is answered until the end. */
async function ask(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request.replaceAll('\n', '\r\n'));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

test('text, binary and large messages pass both ways, and the query too', async () => {
  await using realtime = await echoRole();
  const asked = once(realtime.sockets, 'connection');
  await using gateway = await testGateway({ realtime: realtime.url });
  const socket = await open(gateway.port, '/ws?id=1&access_token=abc');
  const [, request] = (await asked) as [unknown, { url: string; headers: Record<string, string> }];
  assert.equal(request.url, '/ws?id=1&access_token=abc');
  assert.equal(request.headers['x-forwarded-for'], '127.0.0.1');
  for (const message of ['hello', Buffer.alloc(5_000_000, 7)]) {
    socket.send(message);
    const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
    assert.equal(isBinary, typeof message !== 'string');
    assert.ok(data.equals(Buffer.from(message)));
  }
  socket.close(1000);
  await once(socket, 'close');
});

test('closing passes both ways, with its code', async () => {
  await using realtime = await echoRole();
  await using gateway = await testGateway({ realtime: realtime.url });
  const asked = once(realtime.sockets, 'connection');
  const closedByCaller = await open(gateway.port);
  const [atRole] = (await asked) as [WebSocket];
  closedByCaller.close(4001, 'bye');
  const [code, reason] = (await once(atRole, 'close')) as [number, Buffer];
  assert.deepEqual([code, String(reason)], [4001, 'bye']);

  const askedAgain = once(realtime.sockets, 'connection');
  const closedByRole = await open(gateway.port);
  const [again] = (await askedAgain) as [WebSocket];
  again.close(4002);
  assert.equal((await once(closedByRole, 'close'))[0], 4002);
});

test('when one side breaks, the other is closed', async () => {
  await using realtime = await echoRole();
  await using gateway = await testGateway({ realtime: realtime.url });
  const asked = once(realtime.sockets, 'connection');
  const caller = await open(gateway.port);
  const [atRole] = (await asked) as [WebSocket];
  atRole.terminate();
  await once(caller, 'close');

  const askedAgain = once(realtime.sockets, 'connection');
  const other = await open(gateway.port);
  const [again] = (await askedAgain) as [WebSocket];
  other.terminate();
  await once(again, 'close');
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  assert.match(metrics, /^atlas_gateway_web_sockets_open 0$/m);
});

test('a caller who does not read stops the role from sending', async () => {
  await using realtime = await echoRole();
  await using gateway = await testGateway({ realtime: realtime.url });
  const asked = once(realtime.sockets, 'connection');
  const caller = await open(gateway.port);
  const [atRole] = (await asked) as [WebSocket];
  caller.pause();
  const size = 64;
  for (let i = 0; i < size; i += 1) atRole.send(Buffer.alloc(1024 * 1024));
  let before = -1;
  while (before !== atRole.bufferedAmount) {
    before = atRole.bufferedAmount;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(before > 16 * 1024 * 1024, `${before} bytes wait at the role and not in the gateway`);
  let received = 0;
  const all = new Promise<void>((resolve) => {
    caller.on('message', () => {
      received += 1;
      if (received === size) resolve();
    });
  });
  caller.resume();
  await all;
  caller.terminate();
});

const upgrade = `GET /ws HTTP/1.1
host: a
connection: Upgrade
upgrade: websocket
sec-websocket-version: 13
sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==

`;

test('a refused upgrade keeps its status, headers and body', async () => {
  await using realtime = await role(() => {});
  realtime.server.on('upgrade', (_request, socket: Socket) => {
    const body = '{"code":"unauthenticated"}';
    socket.end(
      `HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\nsec-websocket-version: 13\r\n` +
        `transfer-encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    );
  });
  await using gateway = await testGateway({ realtime: realtime.url });
  const answer = await ask(gateway.port, upgrade);
  assert.match(answer, /^HTTP\/1\.1 401 Unauthorized\r\n/);
  assert.match(answer, /www-authenticate: Bearer\r\n/);
  assert.match(answer, /sec-websocket-version: 13\r\n/);
  assert.match(answer, /\r\n\r\n\{"code":"unauthenticated"\}$/);
});

test('after a refused upgrade the connection is over: no second request reaches the role', async () => {
  const asked: string[] = [];
  await using realtime = await role((request, response) => {
    asked.push(request.url!);
    response.end('secret');
  });
  realtime.server.on('upgrade', (_request, socket: Socket) => {
    socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
    socket.on('data', (chunk) => asked.push(String(chunk))).on('end', () => socket.end());
  });
  await using gateway = await testGateway({ realtime: realtime.url });
  const answer = await ask(gateway.port, `${upgrade}GET /metrics HTTP/1.1\nhost: a\n\n`);
  assert.match(answer, /^HTTP\/1\.1 400/);
  assert.doesNotMatch(answer, /secret/);
  assert.deepEqual(asked, []);
});

test('a role that is down refuses the upgrade with 503 unavailable', async () => {
  await using gateway = await testGateway({});
  const answer = await ask(gateway.port, upgrade);
  assert.match(answer, /^HTTP\/1\.1 503 /);
  assert.match(answer, /"code":"unavailable"/);
});

test('only /ws is upgraded; other offers to upgrade are ordinary requests', async () => {
  await using realtime = await echoRole();
  await using gateway = await testGateway({ realtime: realtime.url });
  const close = 'connection: close, Upgrade\n';
  const elsewhere = upgrade.replace('/ws', '/wsx').replace('connection: Upgrade\n', close);
  assert.match(await ask(gateway.port, elsewhere), /^HTTP\/1\.1 404 /);
  const http2 = `GET /health/live HTTP/1.1\nhost: a\n${close}upgrade: h2c\n\n`;
  assert.match(await ask(gateway.port, http2), /^HTTP\/1\.1 200 /);
  const post = await ask(gateway.port, upgrade.replace('GET', 'POST'));
  assert.match(post, /^HTTP\/1\.1 405 /);
});

test('WebSockets end with the gateway, without waiting for the drain', async () => {
  await using realtime = await echoRole();
  const gateway = await testGateway({ realtime: realtime.url });
  const asked = once(realtime.sockets, 'connection');
  const caller = await open(gateway.port);
  const [atRole] = (await asked) as [WebSocket];
  const closed = Promise.all([once(caller, 'close'), once(atRole, 'close')]);
  const started = performance.now();
  await gateway[Symbol.asyncDispose]();
  await closed;
  assert.ok(performance.now() - started < 2_000);
});
