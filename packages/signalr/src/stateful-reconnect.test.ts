import assert from 'node:assert/strict';
import { once } from 'node:events';
import { EventEmitter } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { JsonHubProtocol, Subject } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { z } from 'zod';
import { encodeInvocation, type HubConnection, type HubOptions, streamOf } from '@atlas/signalr';
import { build, createUserHub, read, type User } from '../test/official-client.ts';
import { allEnded, serve } from '../test/serve.ts';
import { layWire } from '../test/wire.ts';

/** A hub, a wire that can be cut, and an official client that reconnects statefully over it. */
async function meet(
  t: TestContext,
  options: Partial<HubOptions<User>> = {},
  Protocol: typeof JsonHubProtocol | typeof MessagePackHubProtocol = JsonHubProtocol,
) {
  const heard: number[] = [];
  const hub = createUserHub({ ...options, limits: { sweepMs: 20, ...options.limits } });
  hub.method('Note', [z.number()], (_connection, n) => {
    heard.push(n);
    return n;
  });
  const served = await serve(hub);
  const wire = await layWire(served.url);
  t.after(async () => {
    await wire[Symbol.asyncDispose]();
    await served[Symbol.asyncDispose]();
  });
  const client = build(t, {
    url: wire.url,
    protocol: new Protocol(),
    stateful: true,
    token: () => 'ada',
  });
  const pushed: number[] = [];
  client.on('push', (n: number) => void pushed.push(n));
  await client.start();
  await client.invoke('Note', 0);
  const [connection] = [...hub.connections()] as [HubConnection<User>];
  return { hub, served, wire, client, connection, heard, pushed };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setTimeout(5);
}

const numbers = (to: number) => Array.from({ length: to + 1 }, (_, n) => n);

for (const Protocol of [JsonHubProtocol, MessagePackHubProtocol]) {
  test(`${new Protocol().name}: a cut socket is replaced, and the client notices nothing`, async (t) => {
    const { hub, wire, client, connection } = await meet(t, {}, Protocol);
    client.onreconnecting(() => assert.fail('a full reconnect'));
    const { connectionId } = client;
    for (let n = 1; n <= 5; n++) {
      wire.cut();
      assert.equal(await client.invoke('Note', n), n);
    }
    assert.equal(client.connectionId, connectionId);
    assert.equal(connection.closed, false);
    assert.deepEqual([hub.stats.accepted, hub.stats.reattached, hub.stats.detached], [1, 5, 0]);
    await client.stop();
    await allEnded(hub);
    assert.equal(hub.stats.disconnects.client_closed, 1);
  });

  test(`${new Protocol().name}: calls and pushes in flight arrive once and in order`, async (t) => {
    const { hub, wire, client, connection, heard, pushed } = await meet(t, {}, Protocol);
    const results: Promise<unknown>[] = [];
    let last = 0;
    for (let cutAt = -1, cuts = 0; cuts < 8; await setTimeout(2)) {
      for (let n = 0; n < 5; n++) {
        results.push(client.invoke('Note', ++last).catch((error: Error) => error.message));
        connection.send('push', [last - 1]);
      }
      // The client gives up when the next socket breaks before it has opened.
      if ((pushed.at(-1) ?? -1) <= cutAt) continue;
      cutAt = last;
      cuts += 1;
      wire.cut();
    }
    connection.send('push', [last]);
    assert.deepEqual([0, ...(await Promise.all(results))], numbers(last));
    await until(() => pushed.at(-1) === last);
    assert.deepEqual(heard, numbers(last));
    assert.deepEqual(pushed, numbers(last));
    assert.deepEqual([hub.stats.accepted, hub.stats.reattached], [1, 8]);
  });
}

test('messages sent as latest are not repeated: the host tells how things are', async (t) => {
  let present = 0;
  const told = new EventEmitter();
  const tell = (connection: HubConnection<User>) =>
    connection.sendEncoded([encodeInvocation('push', [present], { latest: true })]);
  const { wire, client, connection, pushed } = await meet(t, {
    onReattached(connection) {
      tell(connection);
      connection.send('done', []);
      told.emit('back');
    },
    limits: { replayBytesMax: 1_000 },
  });
  const done = new Promise<void>((resolve) => {
    client.on('done', () => resolve());
  });
  for (present = 1; present <= 2_000; present++) tell(connection);
  present = 5_000;
  const back = once(told, 'back');
  wire.cut();
  await back;
  await done;
  assert.equal(pushed.at(-1), 5_000);
  assert.equal(new Set(pushed).size, pushed.length);
  assert.equal(await client.invoke('Note', 1), 1);
});

test('without its socket a connection is not writable, and drains when the client is back', async (t) => {
  const told = new EventEmitter();
  const { hub, wire, connection, client, pushed } = await meet(t, {
    onDrain: () => void told.emit('drain'),
  });
  const gate = Promise.withResolvers<void>();
  const { connect } = client['connection'].transport;
  client['connection'].transport.connect = async function (...args: unknown[]) {
    await gate.promise;
    return connect.apply(this, args);
  };
  wire.cut();
  await until(() => hub.stats.detached === 1);
  assert.equal(connection.writable, false);
  assert.equal(connection.closed, false);
  connection.send('push', [7]);
  const drained = once(told, 'drain');
  gate.resolve();
  await drained;
  assert.equal(connection.writable, true);
  await until(() => pushed.length === 1);
  assert.deepEqual(pushed, [7]);
});

test('when more was missed than is kept, the client reconnects from the start', async (t) => {
  const { hub, wire, client, connection } = await meet(t, { limits: { replayBytesMax: 5_000 } });
  const { connectionId } = client;
  const back = new Promise((resolve) => {
    client.onreconnected(resolve);
  });
  for (let n = 0; n < 100; n++) connection.send('push', [n]);
  wire.cut();
  await back;
  assert.notEqual(client.connectionId, connectionId);
  assert.equal(connection.closed, true);
  assert.deepEqual([hub.stats.accepted, hub.stats.connections, hub.stats.detached], [2, 1, 0]);
});

for (const Protocol of [JsonHubProtocol, MessagePackHubProtocol]) {
  test(`${new Protocol().name}: streams and results go on over a new socket, none lost or twice`, async (t) => {
    const { hub, wire, client, connection } = await meet(t, {}, Protocol);
    client.onreconnecting(() => assert.fail('a full reconnect'));
    const turns = new EventEmitter();
    hub.stream('Double', [streamOf(z.number())], async function* (_connection, items) {
      for await (const item of items) {
        yield 2 * item;
        turns.emit('turn');
      }
    });
    client.on('ask', async (n: number) => Promise.resolve(n + 1));
    const sent = new Subject<number>();
    const doubled = read(client.stream<number>('Double', sent));
    for (const n of numbers(4)) {
      const turn = once(turns, 'turn');
      sent.next(n);
      wire.cut();
      const answer = connection.invoke('ask', [n]);
      await turn;
      assert.equal(await answer, n + 1);
    }
    sent.complete();
    assert.deepEqual(await doubled, { items: numbers(4).map((n) => 2 * n) });
  });
}
