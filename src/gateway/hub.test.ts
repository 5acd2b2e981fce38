import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { test, type TestContext } from 'node:test';
import {
  HttpTransportType,
  HubConnectionBuilder,
  LogLevel,
  type HubConnection,
} from '@microsoft/signalr';
import type { BalanceUpdate } from '../contracts/hub.ts';
import { protocols, realtimeFixture, type ProtocolName } from '../realtime/testing.ts';
import { startProxy } from '../../test/faults/proxy.ts';
import { testGateway } from './testing.ts';

const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;

/** A gateway before a realtime role, and official clients of it. */
async function hubBehindGateway(t: TestContext) {
  const realtime = await realtimeFixture();
  const gateway = await testGateway({ realtime: realtime.role.url });
  const token = await realtime.token();
  const clients: HubConnection[] = [];
  t.after(async () => {
    await Promise.all(clients.map((client) => client.stop()));
    await gateway[Symbol.asyncDispose]();
    await realtime[Symbol.asyncDispose]();
  });
  realtime.book.change('tnt_demo', 'a');
  realtime.book.change('tnt_demo', 'b');

  return {
    realtime,
    gateway,
    url: `${gateway.url}/ws`,
    headers: { authorization: `Bearer ${token}` },
    /** Resolves when the role has so many connections. */
    async connections(count: number) {
      const line = new RegExp(`^atlas_realtime_connections ${count}$`, 'm');
      while (!line.test(await realtime.metrics()));
    },
    /** The versions of account `a` that a client has heard, and a wait for one of them. */
    async follow(options: {
      url?: string;
      transport: HttpTransportType;
      protocol?: ProtocolName;
      stateful?: boolean;
    }) {
      const { transport, protocol = 'json', stateful = false } = options;
      const builder = new HubConnectionBuilder()
        .withUrl(options.url ?? `${gateway.url}/ws`, {
          transport,
          accessTokenFactory: () => token,
        })
        .withHubProtocol(new protocols[protocol]())
        .configureLogging(LogLevel.None);
      if (stateful) builder.withStatefulReconnect();
      const client = builder.build();
      clients.push(client);
      const versions: number[] = [];
      let look = () => {};
      client.on('balanceUpdate', ({ accountId, version }: BalanceUpdate) => {
        if (accountId === 'a') versions.push(version);
        look();
      });
      await client.start();
      await client.invoke('SubscribeBalance', 'a');
      const until = (version: number) =>
        new Promise<void>((resolve) => {
          look = () => void ((versions.at(-1) ?? 0) >= version && resolve());
          look();
        });
      return { client, versions, until };
    },
  };
}

for (const [transport, protocol] of [
  [WebSockets, 'json'],
  [WebSockets, 'messagepack'],
  [ServerSentEvents, 'json'],
  [LongPolling, 'json'],
  [LongPolling, 'messagepack'],
] as const) {
  test(`${HttpTransportType[transport]}, ${protocol}: a balance is live through the gateway`, async (t) => {
    const hub = await hubBehindGateway(t);
    const { client, versions, until } = await hub.follow({ transport, protocol });
    assert.deepEqual(versions, [1]);
    for (let version = 2; version <= 20; version++) {
      await hub.realtime.transfer('a', 'b');
      await until(version);
    }
    assert.deepEqual(
      versions,
      Array.from({ length: 20 }, (_, n) => n + 1),
    );
    await client.stop();
    await hub.connections(0);
  });
}

test('a client whose connection to the gateway breaks goes on statefully and misses nothing', async (t) => {
  const hub = await hubBehindGateway(t);
  await using wire = await startProxy(hub.gateway.port);
  const url = `http://127.0.0.1:${wire.port}/ws`;
  const follower = await hub.follow({ url, transport: WebSockets, stateful: true });
  const { connectionId } = follower.client;
  let version = 1;
  for (let cut = 0; cut < 5; cut++) {
    wire.drop();
    await hub.realtime.transfer('a', 'b');
    await hub.realtime.transfer('a', 'b');
    version += 2;
    await follower.until(version);
    assert.equal(
      (await follower.client.invoke<BalanceUpdate>('SubscribeBalance', 'a')).version,
      version,
    );
  }
  assert.equal(follower.client.connectionId, connectionId);
  assert.deepEqual(
    follower.versions,
    follower.versions.toSorted((a, b) => a - b),
  );
  await hub.connections(1);
});

test('status codes of the hub pass, and who leaves the gateway leaves the role', async (t) => {
  const hub = await hubBehindGateway(t);
  const { url, headers } = hub;
  const ask = (target: string, method = 'GET', body?: string) =>
    fetch(target, { method, headers, ...(body !== undefined && { body }) });
  const open = async () => {
    const answer = await ask(`${url}/negotiate?negotiateVersion=1`, 'POST');
    const { connectionToken } = (await answer.json()) as { connectionToken: string };
    return `${url}?id=${connectionToken}`;
  };
  assert.equal((await ask(url)).status, 400);
  assert.equal((await ask(`${url}?id=x`, 'POST', 'x')).status, 404);
  assert.equal((await ask(url, 'PUT')).status, 405);
  const polling = await open();
  assert.equal((await ask(polling)).status, 200);
  assert.equal((await ask(polling, 'POST', 'x'.repeat(600_000))).status, 413);
  const handshake = '{"protocol":"json","version":1}\x1e';
  assert.equal((await ask(polling, 'POST', handshake)).status, 200);
  assert.equal(await (await ask(polling)).text(), '{}\x1e');
  const polls = [ask(polling), ask(polling)];
  assert.equal((await Promise.race(polls)).status, 204, 'the other has taken its place');
  assert.equal((await ask(polling, 'DELETE')).status, 202);
  assert.deepEqual(
    (await Promise.all(polls)).map(({ status }) => status),
    [204, 204],
  );
  await hub.connections(0);

  const stream = httpRequest(await open(), {
    headers: { ...headers, accept: 'text/event-stream' },
  });
  stream.on('error', () => {});
  stream.end();
  const [answer] = (await once(stream, 'response')) as [IncomingMessage];
  assert.equal(answer.headers['content-type'], 'text/event-stream');
  assert.equal(answer.headers['cache-control'], 'no-cache,no-store');
  const [first] = (await once(answer, 'data')) as [Buffer];
  assert.equal(String(first), ':\r\n');
  await hub.connections(1);
  stream.destroy();
  await hub.connections(0);
});
