import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { type IHubProtocol, JsonHubProtocol } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { z } from 'zod';
import { ClientResultError, type HubConnection, type HubOptions } from '@atlas/signalr';
import { createEchoHub, echo } from '../../test/echo-hub.ts';
import { start } from '../../test/official-client.ts';
import { RawClient } from '../../test/raw-client.ts';
import { serve, type Served } from '../../test/serve.ts';

/** A hub, and the server's side of the connection that comes next. */
async function open(options: Partial<HubOptions<null>> = {}) {
  const { promise, resolve } = Promise.withResolvers<HubConnection<null>>();
  const hub = createEchoHub({ ...options, onConnected: resolve });
  return { hub, served: await serve(hub), connection: promise };
}

async function connect(
  t: TestContext,
  side: { served: Served; connection: Promise<HubConnection<null>> },
  protocol: IHubProtocol,
) {
  const client = await start(t, side.served, protocol);
  const connection = await side.connection;
  // Its first answer shows that the server reads what it says.
  await client.invoke('Echo', 1);
  return { client, connection };
}

function failing(code: ClientResultError['code'], message?: RegExp) {
  return (error: unknown) =>
    error instanceof ClientResultError &&
    error.code === code &&
    (message === undefined || message.test(error.message));
}

for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()]) {
  const inProtocol = (behaviour: string) => `${behaviour} (${protocol.name})`;

  test(inProtocol('the server gets the result of a client method'), async (t) => {
    const side = await open();
    await using _served = side.served;
    const { client, connection } = await connect(t, side, protocol);
    client.on('add', (a: number, b: number) => a + b);
    client.on('nothing', () => null);
    client.on('fail', () => {
      throw new Error('no idea');
    });
    assert.equal(await connection.invoke('add', [40, 2]), 42);
    const sum: number = await connection.invoke('add', [1, 2], { schema: z.number() });
    assert.equal(sum, 3);
    assert.equal(await connection.invoke('nothing', []), null);
    await assert.rejects(connection.invoke('fail', []), failing('client_error', /no idea/));
    await assert.rejects(
      connection.invoke('missing', []),
      failing('client_error', /didn't provide a result/),
    );
    await assert.rejects(
      connection.invoke('add', [1, 2], { schema: z.string() }),
      failing('invalid_result', /expected string/),
    );
    await assert.rejects(connection.invoke('add', [1n]), unsendable);
    const many = Array.from({ length: 50 }, (_, n) => connection.invoke('add', [n, n]));
    assert.deepEqual(
      await Promise.all(many),
      many.map((_, n) => 2 * n),
    );
  });

  test(inProtocol('a method may ask its caller, though calls run one by one'), async (t) => {
    const side = await open();
    side.hub.method('Greet', [], async (connection) => {
      const name = await connection.invoke('name', [], { schema: z.string() });
      return `hello ${name}`;
    });
    await using _served = side.served;
    const { client } = await connect(t, side, protocol);
    client.on('name', async () => Promise.resolve('ada'));
    const answers = [client.invoke('Greet'), client.invoke('Greet'), client.invoke('Echo', 'x')];
    assert.deepEqual(await Promise.all(answers), ['hello ada', 'hello ada', 'x']);
  });
}

function unsendable(error: unknown): boolean {
  return error instanceof Error && !(error instanceof ClientResultError);
}

test('what a client says of its failure does not reach a caller', async (t) => {
  const side = await open();
  side.hub.method('Greet', [], async (connection) => connection.invoke('name', []));
  await using _served = side.served;
  const { client } = await connect(t, side, new JsonHubProtocol());
  await assert.rejects(client.invoke('Greet'), {
    message: "An unexpected error occurred invoking 'Greet' on the server.",
  });
});

test('a client that does not answer in time, or too late, fails only its own result', async () => {
  const side = await open({ limits: { clientResultMs: 50 } });
  await using served = side.served;
  const client = await RawClient.start(served.url);
  const connection = await side.connection;
  client.say(echo('1'));
  await client.nextMessage();
  await assert.rejects(connection.invoke('slow', []), failing('timeout', /50 ms/));
  await assert.rejects(
    connection.invoke('slow', [], { timeoutMs: 20 }),
    failing('timeout', /20 ms/),
  );
  const invocation = await client.nextMessage();
  assert.equal(invocation['type'], 1);
  const { invocationId } = invocation;
  await client.nextMessage();
  client.say({ type: 3, invocationId, result: 'late' }, { type: 3, invocationId, result: 'again' });
  client.say(echo('2'));
  assert.equal((await client.nextMessage())['result'], '2');
  const result = connection.invoke('slow', [], { timeoutMs: Infinity });
  const { invocationId: third } = await client.nextMessage();
  client.say({ type: 3, invocationId: third, result: 'now' });
  assert.equal(await result, 'now');
});

test('results are waited for up to the limit, and no longer than the connection', async () => {
  const side = await open({ limits: { clientResultsMax: 2 } });
  await using served = side.served;
  const client = await RawClient.start(served.url);
  const connection = await side.connection;
  client.say(echo('1'));
  await client.nextMessage();
  const waiting = [connection.invoke('ask', []), connection.invoke('ask', [])];
  await assert.rejects(connection.invoke('ask', []), failing('too_many'));
  client.socket.terminate();
  for (const each of waiting) await assert.rejects(each, failing('disconnected'));
  await assert.rejects(connection.invoke('ask', []), failing('disconnected'));
});

test('a client cannot be asked before it is heard', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const hub = createEchoHub({
    onConnected: async (connection) => connection.invoke('name', []).then(reject, resolve),
  });
  await using served = await serve(hub);
  await RawClient.start(served.url);
  assert.ok(failing('disconnected')(await promise));
});
