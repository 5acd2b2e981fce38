import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { z } from 'zod';
import { JsonHubProtocol } from '@microsoft/signalr';
import { build, createUserHub, start } from '../test/official-client.ts';
import { RawClient } from '../test/raw-client.ts';
import { allEnded, serve } from '../test/serve.ts';

test('the host hears of each connection once, and of the reason for its end', async (t) => {
  const events = new EventEmitter();
  const heard: string[] = [];
  const hub = createUserHub({
    onConnected: ({ identity }) => void heard.push(`${identity.name} came`),
    onDisconnected({ identity }, reason) {
      heard.push(`${identity.name} went: ${reason.code}`);
      events.emit('gone');
    },
  });
  await using served = await serve(hub);
  const client = await start(t, served, new JsonHubProtocol());
  assert.deepEqual(
    [...hub.connections()].map(({ id }) => id),
    [client.connectionId],
  );
  const gone = once(events, 'gone');
  await client.stop();
  await gone;
  assert.deepEqual(heard, ['ada came', 'ada went: client_closed']);
  assert.deepEqual([...hub.connections()], []);
  assert.equal(hub.stats.connections, 0);
});

test('a connection that ends while the host greets it is missed after the greeting only', async () => {
  const greeting = Promise.withResolvers<void>();
  const told = new EventEmitter();
  const heard: string[] = [];
  const hub = createUserHub({
    authenticate: () => ({ identity: { name: 'ada' } }),
    async onConnected() {
      told.emit('greeting');
      await greeting.promise;
      heard.push('came');
    },
    onDisconnected() {
      heard.push('went');
      told.emit('gone');
    },
  });
  await using served = await serve(hub);
  const greeted = once(told, 'greeting');
  const gone = once(told, 'gone');
  const client = await RawClient.start(served.url);
  await greeted;
  client.socket.terminate();
  await allEnded(hub);
  assert.deepEqual([...hub.connections()], []);
  greeting.resolve();
  await gone;
  assert.deepEqual(heard, ['came', 'went']);
});

test('what onConnected sends comes before anything the client asked for', async (t) => {
  const hub = createUserHub({
    async onConnected(connection) {
      await new Promise((resolve) => setImmediate(resolve));
      connection.send('news', ['welcome']);
    },
  });
  hub.method('Ask', [], (connection) => connection.send('news', ['answer']));
  await using served = await serve(hub);
  const client = build(t, { url: served.url, protocol: new JsonHubProtocol(), token: () => 'ada' });
  const news: string[] = [];
  client.on('news', (item: string) => news.push(item));
  await client.start();
  await client.invoke('Ask');
  assert.deepEqual(news, ['welcome', 'answer']);
});

test('failures of the host are reported, and no other connection suffers', async (t) => {
  const errors: string[] = [];
  const told = new EventEmitter();
  const hub = createUserHub({
    onConnected({ identity }) {
      if (identity.name === 'bob') throw new Error('no room for bob');
    },
    onDisconnected() {
      throw new Error('no farewell');
    },
    onInvocation() {
      throw new Error('no metrics');
    },
    onError(error) {
      errors.push((error as Error).message);
      told.emit((error as Error).message);
      throw new Error('no log');
    },
  });
  hub.method('Echo', [z.unknown()], (_connection, value) => value);
  await using served = await serve(hub);
  const ada = await start(t, served, new JsonHubProtocol());
  const farewell = once(told, 'no farewell');
  const bob = build(t, { url: served.url, protocol: new JsonHubProtocol(), token: () => 'bob' });
  await assert.rejects(bob.start());
  assert.equal(await ada.invoke('Echo', 1), 1);
  await farewell;
  assert.deepEqual(new Set(errors), new Set(['no room for bob', 'no metrics', 'no farewell']));
});
