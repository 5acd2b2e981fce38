import assert from 'node:assert/strict';
import { EventEmitter, on, once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { JsonHubProtocol } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { z } from 'zod';
import { HubError, type InvocationEnd } from '@atlas/signalr';
import { createEchoHub, echo } from '../../test/echo-hub.ts';
import { createUserHub, read, start } from '../../test/official-client.ts';
import { RawClient } from '../../test/raw-client.ts';
import { allEnded, serve } from '../../test/serve.ts';

function streamCall(id: string, target: string, ...args: unknown[]) {
  return { type: 4, invocationId: id, target, arguments: args };
}

/** A hub with a stream that never waits and never ends, and what becomes of it. */
function createEndlessHub(options: Parameters<typeof createEchoHub>[0] = {}) {
  const hub = createEchoHub(options);
  const events = new EventEmitter();
  const seen = { taken: 0, left: 0 };
  hub.stream('Endless', [z.number()], async function* (_connection, bytes, signal) {
    try {
      for (;;) yield `${seen.taken++} ${'x'.repeat(bytes)}`;
    } finally {
      seen.left += 1;
      events.emit('left', signal.aborted);
    }
  });
  return { hub, events, seen };
}

for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()]) {
  const inProtocol = (behaviour: string) => `${behaviour} (${protocol.name})`;

  test(inProtocol('the official client reads a stream to its end'), async (t) => {
    const hub = createUserHub();
    hub.stream('Count', [z.number()], async function* ({ identity }, to) {
      for (let n = 1; n <= to; n++) yield { n, for: identity.name };
    });
    hub.stream('Odd', [], async () => {
      const emitter = new EventEmitter();
      setImmediate(() => {
        for (const value of [null, undefined, [], 'Naïve ☕']) emitter.emit('value', value);
        emitter.emit('close');
      });
      return map(on(emitter, 'value', { close: ['close'] }), ([value]) => value as unknown);
    });
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    assert.deepEqual(await read(client.stream('Count', 3)), {
      items: [1, 2, 3].map((n) => ({ n, for: 'ada' })),
    });
    assert.deepEqual(await read(client.stream('count', 0)), { items: [] });
    assert.deepEqual(await read(client.stream('Odd')), { items: [null, null, [], 'Naïve ☕'] });
    const long = await read(client.stream('Count', 2_500));
    assert.equal(long.items.length, 2_500);
  });

  test(inProtocol('an error in the middle comes after the items before it'), async (t) => {
    const ends: InvocationEnd<unknown>[] = [];
    const hub = createUserHub({ onInvocation: (end) => ends.push(end) });
    hub.stream('Fail', [z.string()], async function* (_connection, how) {
      yield 1;
      if (how === 'refused') throw new HubError('no more');
      if (how === 'unsendable') yield 1n;
      throw new Error('password=hunter2');
    });
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    const error = 'An error occurred on the server while streaming results.';
    assert.deepEqual(await read(client.stream('Fail', 'refused')), {
      items: [1],
      error: 'no more',
    });
    assert.deepEqual(await read(client.stream('Fail', 'failed')), { items: [1], error });
    assert.deepEqual(await read(client.stream('Fail', 'unsendable')), { items: [1], error });
    assert.deepEqual(
      ends.map(({ outcome }) => outcome),
      ['refused', 'failed', 'failed'],
    );
    assert.equal((ends[1]!.error as Error).message, 'password=hunter2');
  });

  test(inProtocol('a stream that the client leaves is left by the server'), async (t) => {
    const { hub, events, seen } = createEndlessHub();
    hub.stream('Silence', [], async function* (_connection, signal) {
      try {
        yield 'listening';
        for await (const _ of on(events, 'never', { signal })) yield 'heard';
      } finally {
        events.emit('left', signal.aborted);
      }
    });
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    for (const [target, ...args] of [['Endless', 10], ['Silence']] as const) {
      const left = once(events, 'left');
      const subscription = client.stream(target, ...args).subscribe({
        next: () => subscription.dispose(),
        error() {},
        complete() {},
      });
      assert.deepEqual(await left, [true]);
    }
    assert.equal(seen.left, 1);
    assert.equal(await client.invoke('Echo', 'still here'), 'still here');
  });

  test(inProtocol('the wrong kind of call gets the error of ASP.NET Core'), async (t) => {
    let ran = 0;
    const hub = createUserHub();
    hub.method('One', [], () => void ran++);
    // oxlint-disable-next-line require-yield
    hub.stream('Many', [], async function* () {
      ran += 1;
    });
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    await assert.rejects(client.invoke('Many'), {
      message:
        "The client attempted to invoke the streaming 'Many' method with a non-streaming invocation.",
    });
    assert.deepEqual(await read(client.stream('One')), {
      items: [],
      error:
        "The client attempted to invoke the non-streaming 'One' method with a streaming invocation.",
    });
    assert.deepEqual(await read(client.stream('None')), {
      items: [],
      error: "Unknown hub method 'None'",
    });
    assert.equal(ran, 0);
  });

  test(inProtocol('streams leave room for calls and for each other'), async (t) => {
    const { hub } = createEndlessHub();
    await using served = await serve(hub);
    const client = await start(t, served, protocol);
    const streams = [1, 2, 3].map(() => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let items = 0;
      const subscription = client.stream('Endless', 1_000).subscribe({
        next: () => ++items === 500 && resolve(),
        error() {},
        complete() {},
      });
      return { promise, subscription };
    });
    assert.equal(await client.invoke('Echo', 'meanwhile'), 'meanwhile');
    await Promise.all(streams.map(({ promise }) => promise));
    for (const { subscription } of streams) subscription.dispose();
    assert.equal(await client.invoke('Echo', 'after'), 'after');
  });
}

test('a cancelled stream is completed, and only once', async () => {
  const { hub } = createEndlessHub();
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.say(streamCall('1', 'Endless', 10));
  assert.equal((await client.nextMessage())['type'], 2);
  client.say({ type: 5, invocationId: '1' }, { type: 5, invocationId: '1' });
  let message = await client.nextMessage();
  while (message['type'] === 2) message = await client.nextMessage();
  assert.deepEqual(message, { type: 3, invocationId: '1' });
  client.say({ type: 5, invocationId: '1' }, { type: 5, invocationId: 'unknown' }, echo('2'));
  assert.equal((await client.nextMessage())['invocationId'], '2');
});

test('a stream waits for its turn, and one that is cancelled meanwhile never starts', async () => {
  const gate = Promise.withResolvers<void>();
  const { hub, seen } = createEndlessHub();
  hub.method('Wait', [], () => gate.promise);
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.say({ type: 1, invocationId: '1', target: 'Wait', arguments: [] });
  client.say(streamCall('2', 'Endless', 10), { type: 5, invocationId: '2' }, echo('3'));
  while (hub.stats.bytesReceived < 100) await setTimeout(1);
  gate.resolve();
  const messages = [];
  for (let n = 0; n < 3; n++) messages.push(await client.nextMessage());
  assert.deepEqual(messages, [
    { type: 3, invocationId: '1' },
    { type: 3, invocationId: '2' },
    { type: 3, invocationId: '3', result: '3' },
  ]);
  assert.equal(seen.taken, 0);
});

test('a call that is cancelled hears it by its signal, and is completed', async () => {
  const ends: InvocationEnd<unknown>[] = [];
  const hub = createEchoHub({ onInvocation: (end) => ends.push(end) });
  const events = new EventEmitter();
  hub.method('Wait', [], async (_connection, signal) => {
    events.emit('waiting');
    await once(events, 'never', { signal });
  });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const waiting = once(events, 'waiting');
  client.say({ type: 1, invocationId: '1', target: 'Wait', arguments: [] });
  await waiting;
  client.say({ type: 5, invocationId: '1' });
  assert.deepEqual(await client.nextMessage(), {
    type: 3,
    invocationId: '1',
    error: 'The invocation was cancelled.',
  });
  client.say(echo('2'));
  await client.nextMessage();
  assert.deepEqual(
    ends.map(({ outcome }) => outcome),
    ['cancelled', 'completed'],
  );
});

test('a client that does not read makes a stream wait', async () => {
  const { hub, seen } = createEndlessHub();
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.socket.pause();
  for (let n = 0; n < 20; n++) client.say(streamCall(String(n), 'Endless', 10_000));
  let before = -1;
  for (; before !== seen.taken; await setTimeout(100)) before = seen.taken;
  assert.equal(hub.stats.disconnects.slow_consumer, 0);
  client.socket.resume();
  while (seen.taken < before + 100) await client.next();
});

test('streams end with their connection, whatever they are waiting for', async () => {
  const { hub, events, seen } = createEndlessHub();
  hub.stream('Silence', [], async function* (_connection, signal) {
    try {
      yield 'listening';
      for await (const _ of on(events, 'never', { signal })) yield 'heard';
    } finally {
      events.emit('left', signal.aborted);
    }
  });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.say(streamCall('1', 'Silence'));
  await client.nextMessage();
  client.socket.pause();
  client.say(streamCall('2', 'Endless', 10_000));
  for (let before = -1; before !== seen.taken; await setTimeout(50)) before = seen.taken;
  const left = once(events, 'left');
  client.socket.terminate();
  assert.deepEqual(await left, [true]);
  await allEnded(hub);
  assert.equal(seen.left, 1);
});

test('one stream too many and an id that is in use are refused', async () => {
  const { hub } = createEndlessHub({ limits: { streamsMax: 2 } });
  hub.stream('Silence', [], (_connection, signal) => on(new EventEmitter(), 'never', { signal }));
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.say(streamCall('1', 'Silence'), streamCall('1', 'Silence'));
  assert.deepEqual(await client.nextMessage(), {
    type: 3,
    invocationId: '1',
    error: "Invocation ID '1' is already in use.",
  });
  client.say(streamCall('2', 'Silence'), streamCall('3', 'Silence'), echo('4'));
  assert.deepEqual(await client.nextMessage(), {
    type: 3,
    invocationId: '3',
    error: 'A connection may have 2 streams open.',
  });
  assert.equal((await client.nextMessage())['result'], '4');
  client.say({ type: 5, invocationId: '1' });
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '1' });
  client.say(streamCall('3', 'Silence'), { type: 5, invocationId: '3' });
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '3' });
});

test('what is cancelled at once never starts with a signal that is aborted', async () => {
  const hub = createEchoHub({ limits: { streamsMax: 3 } });
  const aborted = (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  hub.method('Wait', [z.unknown()], (_connection, _value, signal) => aborted(signal));
  hub.stream('Listen', [z.unknown()], async function* (_connection, _value, signal) {
    yield await aborted(signal);
  });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  for (let n = 0; n < 10; n++) {
    for (const [type, target] of [
      [1, 'Wait'],
      [4, 'Listen'],
    ]) {
      const invocationId = `${target} ${n}`;
      client.say({ type, invocationId, target, arguments: [] }, { type: 5, invocationId });
      assert.equal((await client.nextMessage())['invocationId'], invocationId);
    }
  }
});

test('streams that do not heed their end count until they do', async () => {
  const gate = Promise.withResolvers<void>();
  const hub = createEchoHub({ limits: { streamsMax: 2 } });
  hub.stream('Deaf', [], async function* () {
    yield 1;
    await gate.promise;
  });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  for (const id of ['1', '2']) {
    client.say(streamCall(id, 'Deaf'));
    assert.equal((await client.nextMessage())['type'], 2);
    client.say({ type: 5, invocationId: id });
    assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: id });
  }
  client.say(streamCall('3', 'Deaf'));
  assert.match(String((await client.nextMessage())['error']), /may have 2 streams open/);
  gate.resolve();
  client.say(echo('4'));
  await client.nextMessage();
  client.say(streamCall('5', 'Deaf'));
  assert.equal((await client.nextMessage())['type'], 2);
});

async function* map<In, Out>(items: AsyncIterable<In>, turn: (item: In) => Out) {
  for await (const item of items) yield turn(item);
}
