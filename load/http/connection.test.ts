import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { HttpConnection, requestText } from './connection.ts';

const answers: string[] = [];
const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on('data', () => void answerInPieces(socket));
});

async function answerInPieces(socket: Socket): Promise<void> {
  const answer = answers.shift()!;
  for (let at = 0; at < answer.length; at += 9) {
    socket.write(answer.slice(at, at + 9));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (answer === '') socket.destroy();
}

before(() => once(server.listen(0, '127.0.0.1'), 'listening'));
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const open = () =>
  HttpConnection.open(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);

test('answers that come in pieces are put together, one after the other', async () => {
  const connection = await open();
  answers.push(
    'HTTP/1.1 201 Created\r\ncontent-type: text/plain\r\nContent-Length: 5\r\n\r\nhello',
    'HTTP/1.1 304 Not Modified\r\netag: "r1-7"\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  );
  const first = await connection.send('one');
  assert.deepEqual([first.status, first.body], [201, 'hello']);
  const second = await connection.send('two');
  assert.deepEqual([second.status, second.body], [304, '']);
  assert.match(second.head, /etag: "r1-7"/);
  assert.equal((await connection.send('three')).status, 200);
  connection.close();
});

test('an answer in chunks is put together too', async () => {
  const connection = await open();
  answers.push(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=1\r\n, world\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
  );
  assert.equal((await connection.send('one')).body, 'hello, world');
  assert.equal((await connection.send('two')).body, 'ok');
  connection.close();
});

test('a connection that breaks, or an answer that cannot be measured, is an error', async () => {
  const connection = await open();
  answers.push('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello', '');
  await assert.rejects(connection.send('one'), /without Content-Length/);
  await assert.rejects((await open()).send('two'), /connection was closed/);
  connection.close();
});

test('a request carries its body with its length', () => {
  assert.equal(
    requestText('POST', '/x', { 'idempotency-key': 'k' }, '{}'),
    'POST /x HTTP/1.1\r\nhost: localhost\r\nidempotency-key: k\r\n' +
      'content-type: application/json\r\ncontent-length: 2\r\n\r\n{}',
  );
});
