import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { z } from 'zod';
import type { Limits } from '@atlas/signalr';
import { createEchoHub as createHub, echo } from '../../test/echo-hub.ts';
import { answerOf, send, startPolling } from '../../test/http-client.ts';
import { serve } from '../../test/serve.ts';

/** Tests do not wait for clients that are not told apart from slow ones. */
const createEchoHub = ({ limits = {} }: { limits?: Partial<Limits> } = {}) =>
  createHub({ limits: { sweepMs: 5, closeMs: 50, ...limits } });

const completion = (id: string) => `{"type":3,"invocationId":"${id}","result":"${id}"}\x1e`;
const call = (id: string, value: unknown = id) => `${JSON.stringify(echo(id, value))}\x1e`;

test('a body above the limit of a frame is refused unread, by its length and by its bytes', async () => {
  const hub = createEchoHub({ limits: { frameBytesMax: 1_000 } });
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const received = hub.stats.bytesReceived;
  const announced = request(url, { method: 'POST', headers: { 'content-length': 1_001 } });
  announced.write('x');
  const [answer] = (await once(announced, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 413);
  announced.destroy();
  const chunked = request(url, { method: 'POST' });
  chunked.write('x'.repeat(600));
  chunked.write('x'.repeat(600));
  const [refused] = (await once(chunked, 'response')) as [IncomingMessage];
  assert.equal(refused.statusCode, 413);
  chunked.destroy();
  assert.equal(hub.stats.bytesReceived, received);
  await send(url, { method: 'POST', body: call('1') });
  assert.match((await send(url)).body, /"invocationId":"1"/);
});

test('a body in pieces is one frame; one that takes too long is 408 and holds nobody up for ever', async () => {
  const hub = createEchoHub({ limits: { postMs: 200 } });
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const slow = request(url, { method: 'POST' });
  slow.write('{"type":1,');
  const late = request(url, { method: 'POST' });
  late.write(call('1').slice(0, 9));
  assert.equal((await answerOf(slow)).status, 408);
  late.end(call('1').slice(9));
  assert.equal((await answerOf(late)).status, 200);
  assert.equal((await send(url)).body, completion('1'));
});

test('a client that goes away in the middle of a body harms nothing', async () => {
  const hub = createEchoHub();
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const { port, pathname, search } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const head = `POST ${pathname}${search} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n`;
  socket.write(`${head}${call('1')}`, () => socket.destroy());
  await once(socket, 'close');
  await send(url, { method: 'POST', body: call('2') });
  assert.equal((await send(url)).body, completion('2'));
});

test('POSTs are worked on in the order they came, and a compressed one is 415', async () => {
  const seen: unknown[] = [];
  const hub = createEchoHub();
  hub.method('Note', [z.unknown()], (_connection, value) => void seen.push(value));
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const { port, pathname, search } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  const expected = Array.from({ length: 50 }, (_, n) => n);
  for (const n of expected) {
    const body = `{"type":1,"target":"Note","arguments":[${n}]}\x1e`;
    socket.write(
      `POST ${pathname}${search} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
  while (seen.length < expected.length) await new Promise((resolve) => setImmediate(resolve));
  socket.destroy();
  assert.deepEqual(seen, expected);
  const headers = { 'content-encoding': 'gzip' };
  assert.equal((await send(url, { method: 'POST', headers, body: 'x' })).status, 415);
});

test('a POST is answered when there is room for the next, and too many at once are 429', async () => {
  const limits = { unreadBytesMax: 1_000, postsMax: 2, waitingInvocationsMax: 1 };
  const hub = createEchoHub({ limits });
  const gate = Promise.withResolvers<void>();
  hub.method('Wait', [], () => gate.promise);
  await using served = await serve(hub);
  const url = await startPolling(served.url);
  const wait = '{"type":1,"invocationId":"w","target":"Wait","arguments":[]}\x1e';
  await send(url, { method: 'POST', body: wait + wait });
  let answered = 0;
  const posts = Array.from({ length: 3 }, async (_, n) => {
    const { status } = await send(url, { method: 'POST', body: call(`${n}`, 'x'.repeat(900)) });
    answered += 1;
    return status;
  });
  const refused = await Promise.race(posts);
  assert.equal(refused, 429);
  assert.equal(answered, 1);
  gate.resolve();
  assert.deepEqual(
    (await Promise.all(posts)).toSorted((a, b) => a - b),
    [200, 200, 429],
  );
});
