import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
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
