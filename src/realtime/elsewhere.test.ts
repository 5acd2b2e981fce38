import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import type { BalanceUpdate } from '../contracts/hub.ts';
import { ProblemError } from '../contracts/problems.ts';
import { forward } from '../platform/proxy/forward.ts';
import { streamLimits, Upstream } from '../platform/proxy/upstream.ts';
import { WebSockets } from '../platform/proxy/web-socket.ts';
import { testGuards } from '../platform/testing.ts';
import { MemoryControl, realtimeFixture, type RealtimeFixture } from './testing.ts';

/** Two replicas behind a balancer that sends each request to the other one in turn. */
async function balanced() {
  await using stack = new AsyncDisposableStack();
  const control = new MemoryControl();
  const one = stack.use(await realtimeFixture({ control }));
  const two = stack.use(
    await realtimeFixture({
      control,
      feed: one.log,
      environment: { ATLAS_DATA: one.context.settings.ATLAS_DATA },
    }),
  );
  while ((await control.nodes('realtime')).length < 2) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const guards = testGuards();
  const replicas = [one, two].map(({ role: { url } }) => {
    const upstream = stack.use(
      new Upstream({ name: 'replica', url, limits: streamLimits, guards }),
    );
    return { upstream, sockets: new WebSockets(upstream) };
  });
  let requests = 0;
  const next = () => replicas[(requests += 1) % 2]!;
  const balancer = createServer((request, response) => {
    forward(request, response, next().upstream).catch(() => response.destroy());
  });
  balancer.on('upgrade', (request, socket, head) => next().sockets.pass(request, socket, head));
  balancer.listen(0, '127.0.0.1');
  await once(balancer, 'listening');
  stack.defer(() => {
    for (const { sockets } of replicas) sockets.closeAll();
    balancer.closeAllConnections();
    balancer.close();
  });
  const resources = stack.move();
  return {
    control,
    one,
    two,
    url: `http://127.0.0.1:${(balancer.address() as AddressInfo).port}/ws`,
    /** Breaks all sockets. */
    cut: () => replicas.forEach(({ sockets }) => sockets.closeAll()),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

for (const [name, transport, stateful] of [
  ['server-sent events', HttpTransportType.ServerSentEvents, false],
  ['long polling', HttpTransportType.LongPolling, false],
  ['a WebSocket with stateful reconnect', HttpTransportType.WebSockets, true],
] as const) {
  test(`${name}: works behind a balancer that knows no sessions`, async () => {
    await using system = await balanced();
    const { one, two } = system;
    for (const { book } of [one, two]) {
      for (const account of ['a', 'b']) book.change('tnt_demo', account);
    }
    for (let round = 0; round < 2; round += 1) {
      const token = await one.token();
      const builder = new HubConnectionBuilder()
        .withUrl(system.url, { transport, accessTokenFactory: () => token })
        .configureLogging(LogLevel.None);
      if (stateful) builder.withStatefulReconnect();
      const client = builder.build();
      const heard: number[] = [];
      const newest = Promise.withResolvers<void>();
      const wanted = 2 + round;
      client.on('subscriptionConfirmed', () => {});
      client.on('balanceUpdate', ({ version }: BalanceUpdate) => {
        heard.push(version);
        if (version === wanted) newest.resolve();
      });
      await client.start();
      await client.invoke('SubscribeBalance', 'a');
      const { balances } = await one.transfer('a', 'b');
      two.book.change('tnt_demo', 'a');
      assert.equal(balances[0].version, wanted);
      await newest.promise;
      assert.equal(heard.at(-1), wanted);
      await client.stop();
    }
    const passed = await Promise.all([one, two].map(({ metrics }) => metrics()));
    for (const metrics of passed) assert.match(metrics, /^atlas_realtime_passed_on \d+$/m);
  });
}

test('a socket that breaks comes back by way of any replica', async () => {
  await using system = await balanced();
  for (const { book } of [system.one, system.two]) book.change('tnt_demo', 'a');
  const token = await system.one.token();
  const client = new HubConnectionBuilder()
    .withUrl(system.url, { accessTokenFactory: () => token })
    .configureLogging(LogLevel.None)
    .withStatefulReconnect()
    .build();
  client.on('subscriptionConfirmed', () => {});
  client.on('balanceUpdate', () => {});
  await client.start();
  const { connectionId } = client;
  for (let cut = 0; cut < 6; cut += 1) {
    system.cut();
    const { version } = await client.invoke<BalanceUpdate>('SubscribeBalance', 'a');
    assert.equal(version, 1);
  }
  assert.equal(client.connectionId, connectionId);
  await client.stop();
});

/** The token of a connection that is to be opened at this replica. */
async function negotiate({ hubUrl }: RealtimeFixture, authorization: string): Promise<string> {
  const negotiated = await fetch(`${hubUrl}/negotiate?negotiateVersion=1`, {
    method: 'POST',
    headers: { authorization },
  });
  return ((await negotiated.json()) as { connectionToken: string }).connectionToken;
}

test('while the core cannot say where the others are, those of before are reached', async () => {
  await using system = await balanced();
  const { one, two, control } = system;
  const authorization = `Bearer ${await one.token()}`;
  const poll = async (connectionToken: string) =>
    (await fetch(`${two.hubUrl}?id=${connectionToken}`, { headers: { authorization } })).status;
  const connection = await negotiate(one, authorization);
  assert.equal(await poll(connection), 200);
  await using three = await realtimeFixture({
    control,
    feed: one.log,
    environment: { ATLAS_DATA: one.context.settings.ATLAS_DATA },
  });
  const unknown = await negotiate(three, authorization);
  const { nodes } = control;
  control.nodes = () => Promise.reject(new ProblemError('unavailable', 'The core is away.'));
  // So soon after the last answer none is asked for.
  while ((await poll(unknown)) === 404);
  assert.equal(await poll(unknown), 503);
  const leave = { method: 'DELETE', headers: { authorization } };
  assert.equal((await fetch(`${two.hubUrl}?id=${connection}`, leave)).status, 202);
  control.nodes = nodes;
});

test('a connection of a replica that is gone is unknown, and a request is passed on once', async () => {
  await using system = await balanced();
  const { one, two } = system;
  const authorization = `Bearer ${await one.token()}`;
  const connectionToken = await negotiate(one, authorization);
  const poll = (headers: Record<string, string> = {}) =>
    fetch(`${two.hubUrl}?id=${connectionToken}`, { headers: { authorization, ...headers } });
  assert.equal((await poll({ 'x-atlas-passed': '1' })).status, 404);
  assert.equal((await poll()).status, 200);
  const stranger = { authorization: `Bearer ${await one.token({ subject: 'eve' })}` };
  assert.equal((await poll(stranger)).status, 403);
});
