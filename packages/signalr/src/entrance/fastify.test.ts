import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import Fastify from 'fastify';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { createTestHub } from '../../test/requests.ts';

test('a hub works under Fastify, at a path of its own, before bodies are parsed, and closes with it', async () => {
  const hub = createTestHub({ path: '/live/hub' });
  hub.method('Echo', [z.unknown()], (_connection, value) => value);
  const app = Fastify();
  app.addHook('onRequest', (request, reply, done) => {
    if (hub.handleRequest(request.raw, reply.raw)) reply.hijack();
    else done();
  });
  app.server.on('upgrade', (request, socket, head) => {
    if (!hub.handleUpgrade(request, socket, head)) socket.destroy();
  });
  app.addHook('preClose', () => hub.drain({ withinMs: 0 }));
  app.get('/health', () => 'fine');
  const address = await app.listen({ host: '127.0.0.1', port: 0 });

  const client = new HubConnectionBuilder()
    .withUrl(`${address}/live/hub`)
    .configureLogging(LogLevel.None)
    .build();
  await client.start();
  assert.equal(await client.invoke('Echo', 'through Fastify'), 'through Fastify');
  assert.equal(await (await fetch(`${address}/health`)).text(), 'fine');
  assert.equal((await fetch(`${address}/live/other`)).status, 404);
  const closed = new Promise((resolve) => client.onclose(resolve));
  await app.close();
  await closed;
  assert.equal(hub.stats.disconnects.draining, 1);
});
