import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { HttpTransportType, JsonHubProtocol } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { HubError } from '@atlas/signalr';
import { build, closing, createUserHub, returning } from '../../test/official-client.ts';
import { allEnded, serve } from '../../test/serve.ts';

const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;

const ways = [
  { transport: WebSockets, Protocol: JsonHubProtocol, negotiates: true },
  { transport: WebSockets, Protocol: JsonHubProtocol, negotiates: false },
  { transport: WebSockets, Protocol: MessagePackHubProtocol, negotiates: true },
  { transport: WebSockets, Protocol: MessagePackHubProtocol, negotiates: false },
  { transport: ServerSentEvents, Protocol: JsonHubProtocol, negotiates: true },
  { transport: LongPolling, Protocol: JsonHubProtocol, negotiates: true },
  { transport: LongPolling, Protocol: MessagePackHubProtocol, negotiates: true },
];

/** What travels unharmed: line breaks, more than one byte a character, more than a packet. */
const texts = ['', 'ä\n\r\u2028\u{1f600}\x1e\0', 'x'.repeat(30_000)];

function createMeetingHub() {
  const hub = createUserHub({ limits: { sweepMs: 20, closeMs: 200 } });
  hub.method('Echo', [z.unknown()], (_connection, value) => value);
  hub.method('Count', [z.number()], (connection, to) => {
    for (let n = 1; n <= to; n++) connection.send('count', [n]);
  });
  hub.method('Fail', [], () => {
    throw new HubError('no luck');
  });
  hub.method('Leave', [z.boolean()], (connection, allowReconnect) =>
    connection.close({ error: 'go', allowReconnect }),
  );
  return hub;
}

for (const { transport, Protocol, negotiates } of ways) {
  const way = `${HttpTransportType[transport]}, ${new Protocol().name}, ${negotiates ? 'negotiated' : 'not negotiated'}`;
  const options = (url: string) => ({
    url,
    protocol: new Protocol(),
    transport,
    negotiates,
    token: () => 'ada',
  });

  test(`${way}: calls, results, errors and pushes pass whole and in order`, async (t) => {
    const hub = createMeetingHub();
    await using served = await serve(hub);
    const client = build(t, options(served.url));
    const counted: number[] = [];
    client.on('count', (n: number) => counted.push(n));
    await client.start();
    for (const text of texts) assert.equal(await client.invoke('Echo', text), text);
    const calls = Array.from({ length: 200 }, (_, n) => n);
    assert.deepEqual(await Promise.all(calls.map((n) => client.invoke('Echo', n))), calls);
    await assert.rejects(client.invoke('Fail'), /no luck/);
    await client.invoke('Count', 500);
    assert.deepEqual(
      counted,
      Array.from({ length: 500 }, (_, n) => n + 1),
    );
    if (negotiates) assert.equal(client.connectionId, [...hub.connections()][0]!.id);
    await client.stop();
    await allEnded(hub);
  });

  test(`${way}: a close without allowReconnect ends the client`, async (t) => {
    const hub = createMeetingHub();
    await using served = await serve(hub);
    const client = build(t, options(served.url));
    await client.start();
    const closed = closing(client);
    await client.send('Leave', false);
    assert.match((await closed)?.message ?? '', /go/);
    await allEnded(hub);
    assert.equal(hub.stats.disconnects.server_closed, 1);
  });

  test(`${way}: a close with allowReconnect brings the client back`, async (t) => {
    const hub = createMeetingHub();
    await using served = await serve(hub);
    const client = build(t, options(served.url));
    await client.start();
    const back = returning(client);
    await client.send('Leave', true);
    await back;
    assert.equal(await client.invoke('Echo', 'again'), 'again');
    assert.equal(hub.stats.accepted, 2);
  });
}

test('an address that ends in a slash is the same one, and the root is an address too', async (t) => {
  for (const [path, address] of [
    ['/ws', '/ws/'],
    ['/ws/', '/ws'],
    ['/', '/'],
  ] as const) {
    const hub = createUserHub({ path });
    hub.method('Echo', [z.unknown()], (_connection, value) => value);
    await using served = await serve(hub);
    for (const transport of [WebSockets, ServerSentEvents, LongPolling]) {
      const url = new URL(address, served.url).href;
      const client = build(t, {
        url,
        protocol: new JsonHubProtocol(),
        transport,
        token: () => 'ada',
      });
      await client.start();
      assert.equal(await client.invoke('Echo', 'here'), 'here');
      await client.stop();
    }
  }
});

test('a drain sends clients of every transport away, with leave to come back', async (t) => {
  const hub = createMeetingHub();
  const served = await serve(hub);
  const clients = [WebSockets, ServerSentEvents, LongPolling].map((transport) =>
    build(t, {
      url: served.url,
      protocol: new JsonHubProtocol(),
      transport,
      token: () => 'ada',
    }),
  );
  await Promise.all(clients.map((client) => client.start()));
  const away = Promise.all(
    clients.map((client) => new Promise<void>((resolve) => client.onreconnecting(() => resolve()))),
  );
  await served[Symbol.asyncDispose]();
  await away;
  assert.equal(hub.stats.disconnects.draining, 3);
});
