import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { createHub } from '@atlas/signalr';
import { RawClient } from '../test/raw-client.ts';
import { listen, serve } from '../test/serve.ts';
import { stagger } from './drain.ts';

function createTestHub() {
  return createHub<null>({ authenticate: () => ({ identity: null }) });
}

test('draining asks all to reconnect, spread over the time given, and lets nobody in', async () => {
  const hub = createTestHub();
  await using served = await serve(hub);
  const clients = await Promise.all(Array.from({ length: 60 }, () => RawClient.start(served.url)));
  const startedAt = performance.now();
  const drained = hub.drain({ withinMs: 600 });
  const refused = await fetch(`${served.url}/negotiate`, { method: 'POST' });
  assert.equal(refused.status, 503);
  await assert.rejects(RawClient.connect(served.url));

  const leftAtMs = await Promise.all(
    clients.map(async (client) => {
      assert.deepEqual(await client.nextMessage(), { type: 7, allowReconnect: true });
      assert.equal(await client.closed(), 1001);
      return performance.now() - startedAt;
    }),
  );
  await drained;
  assert.equal(hub.stats.connections, 0);
  assert.equal(hub.stats.disconnects.draining, 60);
  const batches = new Set(leftAtMs.map((ms) => Math.floor(ms / 100)));
  assert.ok(batches.size >= 3, `left in ${batches.size} of 6 periods`);
  assert.ok(Math.max(...leftAtMs) < 1500);
});

test('a client of a drained server comes back by itself, to whoever answers then', async (t) => {
  const [old, fresh] = [createTestHub(), createTestHub()];
  let answering = old;
  const server = createServer((request, response) => {
    answering.handleRequest(request, response);
  }).on('upgrade', (request, socket, head) => {
    answering.handleUpgrade(request, socket, head);
  });
  const client = new HubConnectionBuilder()
    .withUrl(`${await listen(server)}/ws`)
    .withAutomaticReconnect([0, 0, 0])
    .configureLogging(LogLevel.None)
    .build();
  t.after(async () => {
    await client.stop();
    await fresh.drain({ withinMs: 0 });
    server.close();
  });
  await client.start();
  const back = new Promise<unknown>((resolve) => {
    client.onreconnected(resolve);
  });
  answering = fresh;
  await old.drain({ withinMs: 0 });
  await back;
  assert.equal(fresh.stats.connections, 1);
});

test('everyone leaves exactly once, in random order', async () => {
  const left: number[] = [];
  const items = Array.from({ length: 50 }, (_, n) => n);
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  await stagger(items, { withinMs: 250, random, leave: (item) => left.push(item) });
  assert.notDeepEqual(left, items);
  assert.deepEqual(
    left.toSorted((a, b) => a - b),
    items,
  );
});
