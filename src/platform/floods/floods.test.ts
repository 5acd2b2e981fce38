// Each flood by raw sockets against a real server with small limits, and beside it somebody who behaves
// well and must be served all the time.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { createApp, listen } from '../http.ts';
import { readSettings } from '../settings.ts';
import { testContext } from '../testing.ts';
import { openConnection, type Connection } from '../../../test/fuzz/raw-http.ts';
import { Callers } from './callers.ts';
import { serverLimits, type ServerLimits } from './limits.ts';

const get = 'GET /health/live HTTP/1.1\r\nhost: a\r\n';
const longMs = 60_000;

interface Line {
  readonly reason: string;
  readonly times: number;
}

async function flooded({
  upgrades = false,
  ...limits
}: Partial<ServerLimits> & { upgrades?: boolean }) {
  const { context, ...folder } = await testContext();
  const { log, metrics } = context.forRole('test');
  const lines: Line[] = [];
  log.warn = (line: Line) => lines.push(line);
  const app = await createApp({
    role: 'test',
    log,
    metrics,
    verifier: context.verifier,
    corsOrigins: [],
    health: {},
    limits: { ...serverLimits(readSettings({})), ...limits },
  });
  const held = Promise.withResolvers<string>();
  let waiting = 0;
  let changed = () => {};
  app.get('/held', { config: { public: true } }, () => {
    waiting += 1;
    changed();
    return held.promise;
  });
  app.post('/body', { config: { public: true } }, ({ body }) => body);
  if (upgrades) {
    app.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\n\r\n');
      socket.pipe(socket);
    });
  }
  const server = await listen(app, { host: '127.0.0.1', port: 0, drainMs: 0 });
  const opened: Socket[] = [];
  return {
    url: server.url,
    release: () => held.resolve('held'),
    /** Resolves when so many requests wait for `release`. */
    waiting: (count: number) =>
      new Promise<void>((resolve) => {
        changed = () => void (waiting >= count && resolve());
        changed();
      }),
    lines,
    async open(): Promise<Connection> {
      const connection = await openConnection(server.url, longMs);
      opened.push(connection.socket);
      return connection;
    },
    /** From another address of this machine. */
    async from(localAddress: string): Promise<Socket> {
      const socket = connect({ host: '127.0.0.1', port: server.port, localAddress });
      opened.push(socket);
      socket.on('error', () => {});
      await once(socket, 'connect');
      return socket;
    },
    async refused(reason: string): Promise<number> {
      const text = await metrics.registry.metrics();
      return Number(new RegExp(`http_refused_total{reason="${reason}"} (\\d+)`).exec(text)![1]);
    },
    async [Symbol.asyncDispose]() {
      held.resolve('held');
      for (const socket of opened) socket.destroy();
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function serves({ open }: { open(): Promise<Connection> }): Promise<void> {
  const connection = await open();
  connection.socket.write(`${get}\r\n`);
  assert.equal((await connection.answer()).status, 200);
  connection.socket.destroy();
}

async function assertRefused(connection: Connection, status: number, code: string): Promise<void> {
  const answer = await connection.answer();
  assert.equal(`${answer.status} ${JSON.parse(answer.body.toString()).code}`, `${status} ${code}`);
}

test('a flood of connections that ask for nothing makes room for those who do', async () => {
  await using server = await flooded({ connectionsMax: 20 });
  for (let i = 0; i < 100; i += 1) {
    await server.open();
    if (i % 10 === 0) await serves(server);
  }
  await serves(server);
  assert.ok((await server.refused('idle_closed')) >= 80);
});

test('a connection that was upgraded is not idle, however quiet it is', async () => {
  await using server = await flooded({ connectionsMax: 3, upgrades: true });
  const quiet = await server.open();
  quiet.socket.write(`${get}connection: upgrade\r\nupgrade: websocket\r\n\r\n`);
  assert.match(String((await once(quiet.socket, 'data'))[0]), /^HTTP\/1\.1 101/);
  for (let i = 0; i < 20; i += 1) await server.open();
  await serves(server);
  quiet.socket.write('echo');
  assert.equal(String((await once(quiet.socket, 'data'))[0]), 'echo');
});

test('where every connection has work to do a new one is refused with the reason', async () => {
  await using server = await flooded({ connectionsMax: 5 });
  const busy = await Promise.all(Array.from({ length: 5 }, () => server.open()));
  for (const { socket } of busy) socket.write('GET /held HTTP/1.1\r\nhost: a\r\n\r\n');
  await server.waiting(5);
  const answer = await (await server.open()).answer();
  assert.equal(answer.status, 503);
  assert.match(answer.headers['retry-after']!, /^[1-4]$/);
  assert.equal(await server.refused('connections'), 1);
});

test('one address has only so many connections, and others are served meanwhile', async () => {
  const callers = new Callers(['127.0.0.1']);
  await using server = await flooded({ connectionsPerAddressMax: 3, callers });
  for (let i = 0; i < 3; i += 1) await server.from('127.0.0.2');
  const fourth = await server.from('127.0.0.2');
  const [answer] = (await once(fourth, 'data')) as [Buffer];
  assert.match(String(answer), /^HTTP\/1\.1 429 .*retry-after.*"code":"rate_limited"/s);
  const other = await server.from('127.0.0.3');
  other.write(`${get}\r\n`);
  assert.match(String((await once(other, 'data'))[0]), /^HTTP\/1\.1 200/);
  for (let i = 0; i < 10; i += 1) await server.open();
  await serves(server);
  assert.equal(await server.refused('address_connections'), 1);
});

test('behind a proxy one caller has only so many requests under way', async () => {
  await using server = await flooded({ requestsPerAddressMax: 2 });
  const ask = async (path: string, address: string) => {
    const connection = await server.open();
    connection.socket.write(
      `GET ${path} HTTP/1.1\r\nhost: a\r\nx-forwarded-for: ${address}\r\n\r\n`,
    );
    return connection;
  };
  const [first, second] = [await ask('/held', '203.0.113.7'), await ask('/held', '203.0.113.7')];
  await server.waiting(2);
  const answer = await (await ask('/health/live', '203.0.113.7')).answer();
  assert.equal(answer.status, 429);
  assert.equal(JSON.parse(answer.body.toString()).code, 'rate_limited');
  assert.equal((await (await ask('/health/live', '203.0.113.8')).answer()).status, 200);
  await serves(server);
  server.release();
  assert.equal((await first.answer()).status, 200);
  assert.equal((await second.answer()).status, 200);
  assert.equal((await (await ask('/health/live', '203.0.113.7')).answer()).status, 200);
});

test('requests that are sent on one connection without waiting for answers have an end', async () => {
  await using server = await flooded({ requestsPerConnectionMax: 8 });
  const connection = await server.open();
  connection.socket.write('GET /held HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(1_000));
  await serves(server);
  while ((await server.refused('connection_requests')) === 0) await serves(server);
  server.release();
  for (let i = 0; i < 8; i += 1) assert.equal((await connection.answer()).status, 200);
  await assertRefused(connection, 429, 'rate_limited');
  await serves(server);
});

test('whoever drips a head or a body is cut off with the reason, and others are served meanwhile', async () => {
  await using server = await flooded({
    headTimeoutMs: 300,
    bodyStretchMs: 300,
    bodyBytesMin: 100,
    lookEveryMs: 50,
  });
  const drips = [
    [`${get}x: `, 'slow_head'],
    [
      'POST /body HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{',
      'slow_body',
    ],
  ] as const;
  for (const [bytes, reason] of drips) {
    const connection = await server.open();
    connection.socket.write(bytes);
    const drip = setInterval(() => connection.socket.write(' '), 50);
    await serves(server);
    await assertRefused(connection, 400, 'invalid_request');
    clearInterval(drip);
    assert.equal(await server.refused(reason), 1);
  }
  await serves(server);
});

test('a body that makes progress may take its time', async () => {
  await using server = await flooded({ bodyStretchMs: 1_000, bodyBytesMin: 10, lookEveryMs: 50 });
  const connection = await server.open();
  const body = JSON.stringify({ text: 'x'.repeat(600) });
  connection.socket.write(
    `POST /body HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  let sent = 0;
  const drip = setInterval(() => {
    connection.socket.write(body.slice(sent, sent + 20));
    sent += 20;
    if (sent >= body.length) clearInterval(drip);
  }, 50);
  const answer = await connection.answer();
  assert.equal(answer.status, 200);
  assert.equal(await server.refused('slow_body'), 0);
});

test('a flood becomes one line a second for each reason, with the number', async () => {
  await using server = await flooded({});
  for (let i = 0; i < 50; i += 1) {
    const connection = await server.open();
    connection.socket.write(`${get}x: ${'y'.repeat(20_000)}\r\n\r\n`);
    await assertRefused(connection, 431, 'headers_too_large');
    const other = await server.open();
    other.socket.write('words\r\n\r\n');
    await assertRefused(other, 400, 'invalid_request');
  }
  const sum = (reason: string) =>
    server.lines.reduce((all, line) => all + (line.reason === reason ? line.times : 0), 0);
  while (sum('head_too_large') < 50 || sum('malformed') < 50) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.ok(server.lines.length < 50, `${server.lines.length}`);
  assert.equal(await server.refused('head_too_large'), 50);
  assert.equal(await server.refused('malformed'), 50);
});
