import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { runClock } from '../clock.ts';
import { noRetry } from '../retries.ts';
import { runLoad } from '../run-load.ts';
import { steady } from '../shapes.ts';
import { withFiles } from '../testing.ts';
import { requestText } from './connection.ts';
import { Sockets } from './sockets.ts';

const held: ServerResponse[] = [];
const connections = new Set<Socket>();
let hold = false;
let requests = 0;
const server = createServer((_, response) => {
  requests += 1;
  if (hold) held.push(response);
  else response.end('{}');
});
server.on('connection', (socket) => {
  connections.add(socket);
  socket.on('close', () => connections.delete(socket));
});
let url: URL;

before(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
beforeEach(() => {
  hold = false;
  requests = 0;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const request = requestText('GET', '/', {});
const statusOf = (answer: Awaited<ReturnType<Sockets['send']>>) =>
  typeof answer === 'string' ? answer : answer.status;

test('a connection is used again; what is asked meanwhile has its own', async () => {
  const sockets = new Sockets({ clock: runClock, socketsMax: 10 });
  for (let i = 0; i < 3; i += 1)
    assert.equal(statusOf(await sockets.send(url, request, 9_000)), 200);
  assert.equal(sockets.most, 1);
  const both = await Promise.all([0, 1].map(() => sockets.send(url, request, 9_000)));
  assert.deepEqual(both.map(statusOf), [200, 200]);
  assert.equal(sockets.most, 2);
  sockets.close();
});

test('a connection that the server closed as idle costs nothing: it is asked once more', async () => {
  const sockets = new Sockets({ clock: runClock, socketsMax: 10 });
  await sockets.send(url, request, 9_000);
  // The server is gone from it, and the request is already on its way.
  for (const socket of connections) socket.resetAndDestroy();
  assert.equal(statusOf(await sockets.send(url, request, 9_000)), 200);
  sockets.close();
});

test('an answer that takes too long is a timeout, and its connection is not used again', async () => {
  const sockets = new Sockets({ clock: runClock, socketsMax: 1 });
  hold = true;
  assert.equal(await sockets.send(url, request, 50), 'timeout');
  hold = false;
  // The place of the closed connection is free once its socket is.
  let answer = await sockets.send(url, request, 9_000);
  while (answer === 'no_socket') {
    await new Promise((resolve) => setImmediate(resolve));
    answer = await sockets.send(url, request, 9_000);
  }
  assert.equal(statusOf(answer), 200);
  sockets.close();
});

test('closed sockets send nothing more, nor again what was under way', async () => {
  const sockets = new Sockets({ clock: runClock, socketsMax: 10 });
  await sockets.send(url, request, 9_000);
  hold = true;
  const underWay = sockets.send(url, request, 9_000);
  while (requests < 2) await new Promise((resolve) => setImmediate(resolve));
  sockets.close();
  assert.equal(await underWay, 'connection');
  assert.equal(await sockets.send(url, request, 9_000), 'connection');
  assert.deepEqual([requests, sockets.resent], [2, 0]);
});

test('nobody there is said at once', async () => {
  const sockets = new Sockets({ clock: runClock, socketsMax: 1 });
  assert.equal(await sockets.send(new URL('http://127.0.0.1:1'), request, 9_000), 'connection');
});

test('what this machine has no files left for is not called a failure of the server', async () => {
  const program = `
    import { runClock } from '${import.meta.resolve('../clock.ts')}';
    import { Sockets } from '${import.meta.resolve('./sockets.ts')}';
    const sockets = new Sockets({ clock: runClock, socketsMax: 100 });
    const all = Array.from({ length: 100 }, () =>
      sockets.send(new URL('${url.href}'), ${JSON.stringify(request)}, 9_000));
    const answers = await Promise.all(all);
    sockets.close();
    console.log(JSON.stringify(answers.map((answer) => answer.status ?? answer)));`;
  const answers = new Set(JSON.parse(await withFiles(60, program)) as unknown[]);
  assert.deepEqual(answers, new Set([200, 'no_socket']));
});

test('running out of sockets is reported and makes the run void; nothing waits for a free one', async () => {
  hold = true;
  const result = await runLoad({
    seed: 1,
    socketsMax: 5,
    sendLagMaxMs: 60_000,
    attemptTimeoutMs: 600,
    classes: [
      {
        name: 'reads',
        url: url.href,
        shape: steady({ perSecond: 100, seconds: 0.5 }),
        next: () => request,
        retry: noRetry,
      },
    ],
  });
  const reads = result.classes['reads']!;
  assert.equal(requests, 5);
  assert.equal(reads.codes['no_socket'], reads.offered - 5);
  assert.equal(reads.codes['timeout'], 5);
  assert.match(result.voidBecause.join(), /were not sent for want of a socket \(5 at most/);
});
