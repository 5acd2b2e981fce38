// What no HTTP client would send, byte by byte: each role answers it in problem+json or closes, in time,
// and serves the next caller.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { problems, type ProblemCode } from '../../src/contracts/problems.ts';
import { columns, startSystem } from '../system.ts';
import { openConnection, type Connection, type RawAnswer } from './raw-http.ts';

const system = await startSystem(columns[0]!);
after(() => system[Symbol.asyncDispose]());
const token = await system.token();

const mebibyte = 1024 * 1024;
const slowestMs = 35_000;
const key = 'idempotency-key: probe\r\ncontent-type: application/json\r\n';
const fields = (more: string) => `host: atlas.test\r\nauthorization: Bearer ${token}\r\n${more}`;
const post = (more: string) => `POST /payments/transfers HTTP/1.1\r\n${fields(key + more)}\r\n`;
const get = (more: string) => `GET /ledger/accounts HTTP/1.1\r\n${fields(more)}\r\n`;

const refused: readonly (readonly [what: string, bytes: string, code: ProblemCode])[] = [
  ['words', 'hello there\r\n\r\n', 'invalid_request'],
  ['the beginning of TLS', `\x16\x03\x01\x02\0\x01\0${'\0'.repeat(100)}`, 'invalid_request'],
  ['HTTP/2 without asking', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'invalid_request'],
  ['another version', get('').replace('1.1', '9.9'), 'invalid_request'],
  ['no Host', 'GET /health/live HTTP/1.1\r\n\r\n', 'invalid_request'],
  ['lines that end with LF', 'GET /health/live HTTP/1.1\nhost: a\n\n', 'invalid_request'],
  ['a space before a colon', get('x : y\r\n'), 'invalid_request'],
  ['a folded header', get('x: y\r\n z\r\n'), 'invalid_request'],
  ['NUL in a header', get('x: a\0b\r\n'), 'invalid_request'],
  ['bytes in the path', get('').replace('/accounts', '/\xff\xfe'), 'invalid_request'],
  ['two lengths', `${post('content-length: 2\r\ncontent-length: 3\r\n')}{}`, 'invalid_request'],
  ['a negative length', `${post('content-length: -2\r\n')}{}`, 'invalid_request'],
  ['a length beyond 64 bits', post(`content-length: ${'9'.repeat(30)}\r\n`), 'invalid_request'],
  [
    'a length beside chunks',
    `${post('content-length: 4\r\ntransfer-encoding: chunked\r\n')}0\r\n\r\n`,
    'invalid_request',
  ],
  ['a long header', get(`x: ${'y'.repeat(20_000)}\r\n`), 'headers_too_large'],
  ['many headers', get('x: y\r\n'.repeat(5_000)), 'headers_too_large'],
  ['a long path', get('').replace('/accounts', 'x'.repeat(20_000)), 'headers_too_large'],
  ['a tunnel', 'CONNECT atlas.test:443 HTTP/1.1\r\nhost: a\r\n\r\n', 'method_not_allowed'],
];

for (const [role, url] of Object.entries(system.urls)) {
  test(`${role} refuses what is not HTTP, and closes`, async () => {
    for (const [what, bytes, code] of refused) {
      const connection = await openConnection(url);
      connection.socket.write(Buffer.from(bytes, 'latin1'));
      assertProblem(await connection.answer(), code, what);
      await closed(connection);
    }
    assert.equal((await fetch(`${url}/health/live`)).status, 200);
  });

  test(`${role} ignores an offer of another protocol`, async () => {
    const connection = await openConnection(url);
    const offer = 'connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMA\r\n';
    connection.socket.write(`GET /health/live HTTP/1.1\r\n${fields(offer)}\r\n`);
    assert.equal((await connection.answer()).status, 200);
    connection.socket.destroy();
  });

  test(`${role} answers requests that arrive together in their order`, async () => {
    const connection = await openConnection(url);
    const paths = ['/health/live', '/nowhere', '/health/live'];
    const requests = paths.map((path) => `GET ${path} HTTP/1.1\r\n${fields('')}\r\n`);
    connection.socket.write(requests.join(''));
    for (const path of paths) {
      const { status } = await connection.answer();
      assert.equal(status, path === '/nowhere' ? 404 : 200);
    }
    connection.socket.destroy();
  });
}

for (const role of ['payments', 'gateway'] as const) {
  const url = system.urls[role];

  test(`${role} refuses a body by its announced length before the first byte of it`, async () => {
    const connection = await openConnection(url);
    connection.socket.write(post(`content-length: ${3 * mebibyte}\r\n`));
    assertProblem(await connection.answer(), 'payload_too_large');
    connection.socket.destroy();
  });

  test(`${role} refuses a body of unknown length once it is too large`, async () => {
    const connection = await openConnection(url);
    connection.socket.write(post('transfer-encoding: chunked\r\n'));
    const chunk = Buffer.from(`10000\r\n${' '.repeat(0x10000)}\r\n`);
    for (let i = 0; i < 48; i += 1) connection.socket.write(chunk);
    assertProblem(await connection.answer(), 'payload_too_large');
    connection.socket.destroy();
  });

  test(`${role} refuses chunks that are none`, async () => {
    const connection = await openConnection(url);
    connection.socket.write(`${post('transfer-encoding: chunked\r\n')}zz\r\n{}\r\n0\r\n\r\n`);
    assertProblem(await connection.answer(), 'invalid_request');
    await closed(connection);
  });
}

test('whoever sends headers or a body too slowly is cut off, and nobody else waits', async () => {
  const client = await system.client();
  const startedAt = performance.now();
  const slow = [system.urls.payments, system.urls.gateway].flatMap((url) =>
    // Headers have 10 s, a whole request 30 s.
    ['GET /health/live HTTP/1.1\r\nx: ', post('content-length: 200\r\n')].map(async (text) => {
      const connection = await openConnection(url, slowestMs);
      connection.socket.write(text);
      const drip = setInterval(() => connection.socket.write(' '), 500);
      connection.socket.once('close', () => clearInterval(drip));
      return connection;
    }),
  );
  assert.equal((await client.open('mint', null)).status, 201);
  for (const connection of await Promise.all(slow)) {
    assertProblem(await connection.answer(), 'invalid_request', 'slow');
    await closed(connection);
  }
  assert.ok(performance.now() - startedAt < slowestMs);
  assert.equal((await client.open('a')).status, 201);
  assert.equal((await client.transfer('after', 'mint', 'a', 1)).status, 201);
});

function assertProblem(answer: RawAnswer, code: ProblemCode, what = ''): void {
  assert.equal(answer.headers['content-type'], 'application/problem+json', what);
  const { code: said, status } = JSON.parse(answer.body.toString());
  const wanted = problems[code].status;
  assert.deepEqual([said, status, answer.status], [code, wanted, wanted], what);
}

/** The other side has said that it will send nothing more. */
async function closed({ socket }: Connection): Promise<void> {
  if (!socket.readableEnded && !socket.destroyed) await once(socket, 'end');
  socket.destroy();
}
