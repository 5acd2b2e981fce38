import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { z } from 'zod';
import { JsonHubProtocol } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { encodeInvocation, type HubConnection, HubError, type InvocationEnd } from '@atlas/signalr';
import {
  build,
  closing,
  createUserHub,
  returning,
  start,
  type User,
} from '../test/official-client.ts';
import { serve } from '../test/serve.ts';

for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()]) {
  const inProtocol = (behaviour: string) => `${behaviour} (${protocol.name})`;

  test(inProtocol('the official client calls a method and gets its result'), async (t) => {
    const hub = createUserHub();
    hub.method('Echo', [z.unknown()], (_connection, value) => value);
    hub.method('WhoAmI', [], ({ identity, id }) => ({ name: identity.name, id }));
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
    const invocations: InvocationEnd<HubConnection<User>>[] = [];
    const hub = createUserHub({ onInvocation: (invocation) => invocations.push(invocation) });
    hub.method('Refuse', [z.string()], () => {
      throw new HubError('forbidden: not yours');
    });
    hub.method('Break', [], async () => Promise.reject(new Error('password=hunter2')));
    hub.method('Unsendable', [], () => ({ amountMinor: 1n }));
    hub.method('Fine', [], () => undefined);
    await using served = await serve(hub);
    const client = await start(t, served, protocol);

    await assert.rejects(client.invoke('Refuse', 'a'), { message: 'forbidden: not yours' });
    await assert.rejects(client.invoke('Refuse', 7), {
      message: 'Argument 1 is invalid: Invalid input: expected string, received number',
    });
    await assert.rejects(client.invoke('Break'), {
      message: "An unexpected error occurred invoking 'Break' on the server.",
    });
    await assert.rejects(client.invoke('Missing'), { message: "Unknown hub method 'Missing'" });
    await assert.rejects(client.invoke('toString'), { message: "Unknown hub method 'toString'" });
    await assert.rejects(client.invoke('Unsendable'), {
      message: "An unexpected error occurred invoking 'Unsendable' on the server.",
    });
    assert.equal(await client.invoke('Fine'), undefined);
    const failures = invocations.filter(({ outcome }) => outcome === 'failed');
    assert.equal((failures[0]!.error as Error).message, 'password=hunter2');
    assert.deepEqual(
      [hub.stats.invocations, hub.stats.invocationsFailed],
      [invocations.length, invocations.length - 1],
    );
  });

  test(inProtocol('pushes reach the client in order, and before the result'), async (t) => {
    const hub = createUserHub();
    hub.method('Count', [], (connection) => {
      for (let n = 0; n < 500; n++) connection.send('counted', [n, { half: n / 2 }]);
      connection.sendEncoded([
        encodeInvocation('counted', [500, {}]),
        encodeInvocation('counted', [501, {}]),
      ]);
      return 'done';
    });
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
      const hub = createUserHub();
      hub.method('Slow', [z.string()], async ({ identity }, label) => {
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
    const hub = createUserHub();
    hub.method('Leave', [], (connection) => {
      connection.close({ error: 'account suspended' });
    });
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    const closed = closing(client);
    await client.send('Leave');
    assert.equal((await closed)?.message, 'Server returned an error on close: account suspended');
  });

  test(inProtocol('a client that is asked to reconnect comes back under a new id'), async (t) => {
    const hub = createUserHub();
    hub.method('Leave', [], (connection) => {
      connection.close({ error: 'moved', allowReconnect: true });
    });
    hub.method('Echo', [z.unknown()], (_connection, value) => value);
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
      const hub = createUserHub({
        limits: { sweepMs: 10 },
        authenticate: ({ token }) =>
          token === 'token-1'
            ? { identity: { name: 'ada' }, expiresAtMs: Date.now() + 500 }
            : { identity: { name: 'ada renewed' } },
      });
      hub.method('WhoAmI', [], ({ identity }) => identity.name);
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
