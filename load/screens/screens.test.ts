import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { WebSocketServer, type WebSocket } from 'ws';
import { runClock } from '../clock.ts';
import { withFiles } from '../testing.ts';
import { Freshness } from './freshness.ts';
import { Screens } from './screens.ts';

test('a change is timed from its payment to each screen that shows the account', () => {
  const freshness = new Freshness();
  const one = freshness.watch('a');
  const two = freshness.watch('a');
  freshness.updated(one, 1, 1_010);
  freshness.acknowledged('a', 1, 1_000);
  assert.equal(freshness.missing, 1);
  freshness.updated(two, 1, 1_200);
  assert.equal(freshness.missing, 0);
  assert.equal(freshness.latencies.count, 2);
  assert.ok(Math.abs(freshness.latencies.maxMs - 200) < 1);
});

test('a newer version shows the older ones too, and an older one shows nothing', () => {
  const freshness = new Freshness();
  const shown = freshness.watch('a');
  for (const version of [3, 4, 5]) freshness.acknowledged('a', version, version * 10);
  freshness.updated(shown, 2, 100);
  assert.equal(freshness.missing, 3);
  freshness.updated(shown, 5, 110);
  assert.equal(freshness.missing, 0);
  freshness.acknowledged('a', 4, 115);
  freshness.acknowledged('b', 1, 0);
  assert.deepEqual([freshness.missing, freshness.latencies.count], [0, 4]);
});

/** As much of a hub as a screen needs: it takes every call. */
async function hub() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  after(() => server.close());
  const sockets = new Set<WebSocket>();
  let accepts = 0;
  server.on('connection', (socket) => {
    accepts += 1;
    sockets.add(socket);
    socket.on('message', (data) => {
      for (const text of (data as Buffer).toString().split('\x1e')) {
        if (text === '') continue;
        const { protocol, invocationId } = JSON.parse(text) as Record<string, string>;
        if (protocol !== undefined) socket.send('{}\x1e');
        if (invocationId !== undefined)
          socket.send(`{"type":3,"invocationId":"${invocationId}"}\x1e`);
      }
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    get accepts() {
      return accepts;
    },
    nextConnection: () => once(server, 'connection'),
  };
}

test('a screen that loses its connection comes back, and the time between counts as down', async () => {
  const place = await hub();
  using screens = await Screens.open({
    url: place.url,
    tokens: ['token'],
    count: 4,
    accountIds: ['a', 'b'],
    accountsEach: 1,
    clock: runClock,
    random: () => 0.2,
    signal: new AbortController().signal,
  });
  assert.equal(screens.connected, 4);
  screens.begin();
  const [first] = place.sockets;
  const back = place.nextConnection();
  first!.terminate();
  await back;
  while (screens.connected < 4) await new Promise((resolve) => setImmediate(resolve));
  const figures = await screens.end();
  assert.equal(place.accepts, 5);
  assert.equal(figures.reconnects, 1);
  assert.ok(figures.uptime < 1 && figures.uptime >= 0.75, String(figures.uptime));
});

test('a screen that never connects is down all the time', async () => {
  using screens = await Screens.open({
    url: 'http://127.0.0.1:1',
    tokens: ['token'],
    count: 2,
    accountIds: ['a'],
    accountsEach: 1,
    clock: runClock,
    random: () => 1,
    signal: new AbortController().signal,
  });
  screens.begin();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const { uptime } = await screens.end();
  assert.ok(uptime < 1e-9, String(uptime));
});

test('screens that this machine has no socket for are counted as its own doing', async () => {
  const { url } = await hub();
  const program = `
    import { runClock } from '${import.meta.resolve('../clock.ts')}';
    import { Screens } from '${import.meta.resolve('./screens.ts')}';
    const { signal } = new AbortController();
    const screens = await Screens.open({
      url: '${url}', tokens: ['token'], count: 100, accountIds: ['a'], accountsEach: 1,
      clock: runClock, random: () => 1, signal });
    const connected = screens.connected;
    const { withoutSocket } = await screens.end();
    console.log(JSON.stringify({ connected, withoutSocket }));
    process.exit();`;
  const stdout = await withFiles(60, program);
  const { connected, withoutSocket } = JSON.parse(stdout) as Record<string, number>;
  assert.ok(connected! > 0 && withoutSocket! >= 100 - connected!, stdout);
});

test('screens of a hub that hangs are given up when the run is ended', async () => {
  const hangs = createServer(() => end.abort(new Error('ended')));
  const end = new AbortController();
  hangs.listen(0, '127.0.0.1');
  await once(hangs, 'listening');
  const opening = Screens.open({
    url: `http://127.0.0.1:${(hangs.address() as AddressInfo).port}`,
    tokens: ['token'],
    // At once, each for as long as a handshake may take, they would be minutes.
    count: 2_000,
    accountIds: ['a'],
    accountsEach: 1,
    clock: runClock,
    random: () => 1,
    signal: end.signal,
  });
  await assert.rejects(opening, /ended/);
  hangs.close();
});
