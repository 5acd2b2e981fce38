import assert from 'node:assert/strict';
import { once, EventEmitter } from 'node:events';
import { test, type TestContext } from 'node:test';
import {
  type HubConnection as Client,
  HubConnectionBuilder,
  HttpTransportType,
  type IHubProtocol,
  JsonHubProtocol,
  LogLevel,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import {
  createHub,
  encodeInvocation,
  type HubConnection,
  HubError,
  type HubOptions,
  type Invocation,
} from '@atlas/signalr';
import { RawClient } from '../test/raw-client.ts';
import { allEnded, serve, type Served } from '../test/serve.ts';

interface User {
  name: string;
}

function createTestHub(options: Partial<HubOptions<User>> = {}) {
  return createHub<User>({
    authenticate: ({ token }) =>
      token === undefined ? { status: 401 } : { identity: { name: token } },
    ...options,
  });
}

const anything = (args: readonly unknown[]): [unknown] => [args[0]];
const text = ([value]: readonly unknown[]): [string] => {
  if (typeof value !== 'string') throw new HubError('invalid_request: not a text');
  return [value];
};

interface ClientOptions {
  url: string;
  protocol: IHubProtocol;
  token: () => string;
  negotiates?: boolean;
}

/** The official client, stopped when the test ends. */
function build(t: TestContext, options: ClientOptions): Client {
  const { url, protocol, token, negotiates = true } = options;
  const client = new HubConnectionBuilder()
    .withUrl(url, {
      transport: HttpTransportType.WebSockets,
      skipNegotiation: !negotiates,
      accessTokenFactory: token,
    })
    .withHubProtocol(protocol)
    .withAutomaticReconnect([0, 0, 0])
    .configureLogging(LogLevel.None)
    .build();
  t.after(() => client.stop());
  return client;
}

async function start(t: TestContext, { url }: Served, protocol: IHubProtocol, name = 'ada') {
  const client = build(t, { url, protocol, token: () => name });
  await client.start();
  return client;
}

function closing(client: Client): Promise<Error | undefined> {
  return new Promise((resolve) => {
    client.onclose(resolve);
  });
}

function returning(client: Client): Promise<string | undefined> {
  return new Promise((resolve) => {
    client.onreconnected(resolve);
  });
}

for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()]) {
  const inProtocol = (behaviour: string) => `${behaviour} (${protocol.name})`;

  test(inProtocol('the official client calls a method and gets its result'), async (t) => {
    const hub = createTestHub();
    hub.method('Echo', anything, (_connection, value) => value);
    hub.method(
      'WhoAmI',
      () => [],
      ({ identity, id }) => ({ name: identity.name, id }),
    );
    await using served = await serve(hub);
    const client = await start(t, served, protocol);

    const value = { text: 'Naïve ☕ 𝄞', list: [1, 2.5, -3, null, true], deep: { er: [{}] } };
    assert.deepEqual(await client.invoke('Echo', value), value);
    assert.equal(await client.invoke('eCHO', 'any case'), 'any case');
    assert.equal(await client.invoke('Echo', null), null);
    assert.equal(await client.invoke('Echo', 0), 0);
    assert.deepEqual(await client.invoke('WhoAmI'), { name: 'ada', id: client.connectionId });
  });

  test(inProtocol('only the words of a HubError reach the caller'), async (t) => {
    const invocations: Invocation<HubConnection<User>>[] = [];
    const hub = createTestHub({ onInvocation: (invocation) => invocations.push(invocation) });
    hub.method('Refuse', text, () => {
      throw new HubError('forbidden: not yours');
    });
    hub.method(
      'Break',
      () => [],
      async () => Promise.reject(new Error('password=hunter2')),
    );
    hub.method(
      'Unsendable',
      () => [],
      () => ({ amountMinor: 1n }),
    );
    hub.method(
      'Fine',
      () => [],
      () => undefined,
    );
    await using served = await serve(hub);
    const client = await start(t, served, protocol);

    await assert.rejects(client.invoke('Refuse', 'a'), { message: 'forbidden: not yours' });
    await assert.rejects(client.invoke('Refuse', 7), { message: 'invalid_request: not a text' });
    await assert.rejects(client.invoke('Break'), { message: 'Break failed.' });
    await assert.rejects(client.invoke('Missing'), { message: 'There is no such hub method.' });
    await assert.rejects(client.invoke('toString'), { message: 'There is no such hub method.' });
    await assert.rejects(client.invoke('Unsendable'), { message: 'Unsendable failed.' });
    assert.equal(await client.invoke('Fine'), undefined);
    const failures = invocations.filter(({ outcome }) => outcome === 'failed');
    assert.equal((failures[0]!.error as Error).message, 'password=hunter2');
    assert.deepEqual(
      [hub.stats.invocations, hub.stats.invocationsFailed],
      [invocations.length, invocations.length - 1],
    );
  });

  test(inProtocol('streams are refused with an error, and the connection lives on'), async (t) => {
    const hub = createTestHub();
    hub.method('Echo', anything, (_connection, value) => value);
    await using served = await serve(hub);
    const client = await start(t, served, protocol);

    const refused = await new Promise<Error>((resolve, reject) => {
      client.stream('Echo', 1).subscribe({
        next: () => reject(new Error('an item came')),
        complete: () => reject(new Error('it completed')),
        error: resolve,
      });
    });
    assert.equal(refused.message, 'Echo neither sends nor receives streams.');
    assert.equal(await client.invoke('Echo', 'still here'), 'still here');
  });

  test(inProtocol('pushes reach the client in order, and before the result'), async (t) => {
    const hub = createTestHub();
    hub.method(
      'Count',
      () => [],
      (connection) => {
        for (let n = 0; n < 500; n++) connection.send('counted', [n, { half: n / 2 }]);
        connection.sendEncoded(
          encodeInvocation('counted', [500, {}]),
          encodeInvocation('counted', [501, {}]),
        );
        return 'done';
      },
    );
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    const seen: number[] = [];
    client.on('counted', (n: number) => seen.push(n));
    assert.equal(await client.invoke('Count'), 'done');
    assert.deepEqual(
      seen,
      Array.from({ length: 502 }, (_, n) => n),
    );
  });

  test(
    inProtocol('calls of one connection run one after the other, others meanwhile'),
    async (t) => {
      const trace: string[] = [];
      const gate = new EventEmitter();
      const hub = createTestHub();
      hub.method('Slow', text, async ({ identity }, label) => {
        trace.push(`${identity.name} starts ${label}`);
        if (label === 'first') await once(gate, 'open');
        trace.push(`${identity.name} ends ${label}`);
      });
      await using served = await serve(hub);
      const ada = await start(t, served, protocol, 'ada');
      const bob = await start(t, served, protocol, 'bob');
      const calls = [ada.invoke('Slow', 'first'), ada.invoke('Slow', 'second')];
      await bob.invoke('Slow', 'other');
      gate.emit('open');
      await Promise.all(calls);
      assert.deepEqual(
        trace.filter((line) => line.startsWith('ada')),
        ['ada starts first', 'ada ends first', 'ada starts second', 'ada ends second'],
      );
      assert.ok(trace.indexOf('bob ends other') < trace.indexOf('ada ends first'));
    },
  );

  test(inProtocol('a client that is closed for good hears why'), async (t) => {
    const hub = createTestHub();
    hub.method(
      'Leave',
      () => [],
      (connection) => {
        connection.close({ error: 'account suspended' });
      },
    );
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    const closed = closing(client);
    await client.send('Leave');
    assert.equal((await closed)?.message, 'Server returned an error on close: account suspended');
  });

  test(inProtocol('a client that is asked to reconnect comes back under a new id'), async (t) => {
    const hub = createTestHub();
    hub.method(
      'Leave',
      () => [],
      (connection) => {
        connection.close({ error: 'moved', allowReconnect: true });
      },
    );
    hub.method('Echo', anything, (_connection, value) => value);
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    const firstId = client.connectionId;
    const back = returning(client);
    await client.send('Leave');
    assert.notEqual(await back, firstId);
    assert.equal(await client.invoke('Echo', 'again'), 'again');
  });

  test(
    inProtocol('an expired authentication makes the client come back with a new token'),
    async (t) => {
      let issued = 0;
      const hub = createTestHub({
        limits: { sweepMs: 10 },
        authenticate: ({ token }) =>
          token === 'token-1'
            ? { identity: { name: 'ada' }, expiresAtMs: Date.now() + 100 }
            : { identity: { name: 'ada renewed' } },
      });
      hub.method(
        'WhoAmI',
        () => [],
        ({ identity }) => identity.name,
      );
      await using served = await serve(hub);
      const token = () => `token-${++issued}`;
      const client = build(t, { url: served.url, protocol, token, negotiates: false });
      const back = returning(client);
      await client.start();
      assert.equal(client.connectionId, null);
      await back;
      assert.equal(await client.invoke('WhoAmI'), 'ada renewed');
      assert.equal(hub.stats.disconnects.authentication_expired, 1);
    },
  );
}

test('the host hears of each connection once, and of the reason for its end', async (t) => {
  const events = new EventEmitter();
  const heard: string[] = [];
  const hub = createTestHub({
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
  const hub = createTestHub({
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
  const hub = createTestHub({
    async onConnected(connection) {
      await new Promise((resolve) => setImmediate(resolve));
      connection.send('news', ['welcome']);
    },
  });
  hub.method(
    'Ask',
    () => [],
    (connection) => connection.send('news', ['answer']),
  );
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
  const hub = createTestHub({
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
  hub.method('Echo', anything, (_connection, value) => value);
  await using served = await serve(hub);
  const ada = await start(t, served, new JsonHubProtocol());
  const farewell = once(told, 'no farewell');
  const bob = build(t, { url: served.url, protocol: new JsonHubProtocol(), token: () => 'bob' });
  await assert.rejects(bob.start());
  assert.equal(await ada.invoke('Echo', 1), 1);
  await farewell;
  assert.deepEqual(new Set(errors), new Set(['no room for bob', 'no metrics', 'no farewell']));
});
