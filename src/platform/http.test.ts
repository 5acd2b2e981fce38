import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import { createApp, listen, type AppOptions } from './http.ts';
import { testContext } from './testing.ts';

async function testApp(more: Partial<AppOptions> = {}) {
  const { context, ...folder } = await testContext();
  const { log, metrics } = context.forRole('test');
  const { verifier, corsOrigins } = context;
  const options = { role: 'test', log, metrics, verifier, corsOrigins, health: {}, ...more };
  return { app: await createApp(options), [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
}

const local = { host: '127.0.0.1', port: 0, drainMs: 5_000 };

test('a drain waits for the answer that has begun, and not for its kept connection', async () => {
  await using tested = await testApp();
  const held = Promise.withResolvers<void>();
  tested.app.get('/slow', { config: { public: true } }, (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200).write('begun ');
    void held.promise.then(() => reply.raw.end('ended'));
  });
  const server = await listen(tested.app, local);
  const agent = new Agent({ keepAlive: true });
  const [answer] = (await once(get(`${server.url}/slow`, { agent }), 'response')) as [
    IncomingMessage,
  ];
  const startedAtMs = performance.now();
  const closed = server[Symbol.asyncDispose]();
  await assert.rejects(fetch(`${server.url}/health/live`), 'no new connections');
  held.resolve();
  let body = '';
  for await (const chunk of answer) body += String(chunk);
  assert.equal(body, 'begun ended');
  await closed;
  agent.destroy();
  assert.ok(performance.now() - startedAtMs < local.drainMs / 2);
});

test('what answers first is asked before hooks, tokens and routes, and passes on what it leaves', async () => {
  await using tested = await testApp({
    first: (request, response) => {
      if (request.url !== '/mine') return false;
      response.end('first');
      return true;
    },
  });
  await using server = await listen(tested.app, { ...local, host: 'localhost' });
  assert.equal(await (await fetch(`${server.url}/mine`)).text(), 'first');
  assert.equal((await fetch(`${server.url}/health/live`)).status, 200);
  assert.match(server.url, /^http:\/\/localhost:\d+$/);
});

test('a body that is refused before its end is dropped, so its sender hears why and may go on', async (t) => {
  await using tested = await testApp({ bodyBytesMax: 4_096 });
  tested.app.post('/take', { config: { public: true } }, () => 'taken');
  await using server = await listen(tested.app, local);
  const piece = ' '.repeat(64 * 1024);
  for (const [type, status] of [
    ['application/json', 413],
    ['text/plain', 415],
  ] as const) {
    for (const chunked of [false, true]) {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
      t.after(() => socket.destroy());
      const body = chunked ? `10000\r\n${piece}\r\n` : piece;
      const length = chunked
        ? 'transfer-encoding: chunked'
        : `content-length: ${24 * piece.length}`;
      socket.write(
        `POST /take HTTP/1.1\r\nhost: a\r\ncontent-type: ${type}\r\n${length}\r\n\r\n${body}`,
      );
      const [answer] = (await once(socket, 'data')) as [string];
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      for (let sent = 1; sent < 24; sent += 1) socket.write(body);
      if (chunked) socket.write('0\r\n\r\n');
      socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n');
      const [next] = (await once(socket, 'data')) as [string];
      assert.match(next, /^HTTP\/1.1 200 /);
    }
  }
});
