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

test('draining asks all to reconnect and lets nobody in', async () => {
  const hub = createTestHub();
  await using served = await serve(hub);
  const clients = await Promise.all(Array.from({ length: 60 }, () => RawClient.start(served.url)));
  const drained = hub.drain({ withinMs: 200 });
  const refused = await fetch(`${served.url}/negotiate`, { method: 'POST' });
  assert.equal(refused.status, 503);
  await assert.rejects(RawClient.connect(served.url));

  for (const client of clients) {
    assert.deepEqual(await client.nextMessage(), { type: 7, allowReconnect: true });
    assert.equal(await client.closed(), 1001);
  }
  await drained;
  assert.equal(hub.stats.connections, 0);
  assert.equal(hub.stats.disconnects.draining, 60);
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

test('everyone leaves exactly once, in random order, spread over the time given', async () => {
  const items = Array.from({ length: 60 }, (_, n) => n);
  let seed = 1;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  let clockMs = 5_000;
  const left: { item: number; atMs: number }[] = [];
  await stagger(items, {
    withinMs: 600,
    leave: (item) => left.push({ item, atMs: clockMs - 5_000 }),
    random,
    now: () => clockMs,
    async wait(ms) {
      clockMs += ms;
    },
  });
  const order = left.map(({ item }) => item);
  assert.notDeepEqual(order, items);
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    items,
  );
  const inPeriod = (period: number) =>
    left.filter(({ atMs }) => atMs >= period * 100 && atMs < (period + 1) * 100).length;
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(inPeriod), [10, 10, 10, 10, 10, 10]);
});
