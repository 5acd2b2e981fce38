import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { JsonHubProtocol, Subject } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { z } from 'zod';
import { type HubOptions, streamOf } from '@atlas/signalr';
import { createEchoHub, echo } from '../../test/echo-hub.ts';
import { read, start } from '../../test/official-client.ts';
import { RawClient } from '../../test/raw-client.ts';
import { allEnded, serve } from '../../test/serve.ts';

/** A hub that adds up what clients send, one that sends it back, and one that never looks at it. */
function createSumHub(options: Partial<HubOptions<null>> = {}) {
  const hub = createEchoHub(options);
  const events = new EventEmitter();
  hub.method('Sum', [z.string(), streamOf(z.number())], async (_connection, name, numbers) => {
    let sum = 0;
    for await (const number of numbers) sum += number;
    return `${name}: ${sum}`;
  });
  hub.stream('Double', [streamOf(z.number())], async function* (_connection, numbers) {
    for await (const number of numbers) yield 2 * number;
  });
  hub.method('Ignore', [streamOf(z.unknown())], async (_connection, _items, signal) => {
    await once(events, 'never', { signal });
  });
  hub.method('First', [streamOf(z.unknown())], async (_connection, items) => {
    for await (const item of items) return item;
    return 'nothing';
  });
  hub.method('Watch', [streamOf(z.unknown())], async (_connection, items) => {
    try {
      for await (const item of items) events.emit('item', item);
    } catch (error) {
      events.emit('failed', error);
    }
  });
  return { hub, events };
}

function send(subject: Subject<unknown>, items: Iterable<unknown>): void {
  for (const item of items) subject.next(item);
}

for (const protocol of [new JsonHubProtocol(), new MessagePackHubProtocol()]) {
  const inProtocol = (behaviour: string) => `${behaviour} (${protocol.name})`;

  test(inProtocol('a method reads the stream that a client sends'), async (t) => {
    await using served = await serve(createSumHub().hub);
    const client = await start(t, served, protocol);
    const [numbers, others] = [new Subject<unknown>(), new Subject<unknown>()];
    const sums = [client.invoke('Sum', 'a', numbers), client.invoke('Sum', others, 'b')];
    const count = 2_000;
    send(numbers, Array(count).fill(1));
    send(others, [1, 2.5]);
    numbers.complete();
    others.complete();
    assert.deepEqual(await Promise.all(sums), [`a: ${count}`, 'b: 3.5']);
  });

  test(inProtocol('streams go both ways at once'), async (t) => {
    await using served = await serve(createSumHub().hub);
    const client = await start(t, served, protocol);
    const numbers = new Subject<unknown>();
    const doubled = new Subject<number>();
    const first = Promise.withResolvers<number>();
    client.stream<number>('Double', numbers).subscribe({
      next(item) {
        first.resolve(item);
        doubled.next(item);
      },
      complete: () => doubled.complete(),
      error: (error) => doubled.error(error as Error),
    });
    const all = read(doubled);
    numbers.next(21);
    assert.equal(await first.promise, 42);
    send(numbers, [1, 2]);
    numbers.complete();
    assert.deepEqual(await all, { items: [42, 2, 4] });
  });

  test(
    inProtocol('a stream that the client ends with an error throws in the method'),
    async (t) => {
      const { hub, events } = createSumHub();
      await using served = await serve(hub);
      const client = await start(t, served, protocol);
      const numbers = new Subject<unknown>();
      const sum = client.invoke('Sum', 'a', numbers);
      numbers.next(1);
      numbers.error(new Error('sensor lost'));
      await assert.rejects(sum, { message: 'sensor lost' });
      const watched = new Subject<unknown>();
      const [item, failed] = [once(events, 'item'), once(events, 'failed')];
      await client.send('Watch', watched);
      watched.next('last');
      watched.error(new Error('gone'));
      assert.deepEqual(await item, ['last']);
      assert.equal(((await failed) as [Error])[0].message, 'gone');
    },
  );

  test(inProtocol('a method may refuse an item, leave a stream or not take one'), async (t) => {
    await using served = await serve(createSumHub().hub);
    const client = await start(t, served, protocol);
    const [wrong, long, extra] = [new Subject(), new Subject(), new Subject()];
    const sum = client.invoke('Sum', 'a', wrong);
    send(wrong, [1, 'two']);
    await assert.rejects(sum, {
      message: 'A stream item is invalid: Invalid input: expected number, received string',
    });
    const first = client.invoke('First', long);
    send(long, Array(1_000).fill('x'));
    assert.equal(await first, 'x');
    await assert.rejects(client.invoke('Echo', 1, extra), {
      message: 'Client sent 1 stream(s), Hub method expects 0.',
    });
    await assert.rejects(client.invoke('Sum', 'a'), {
      message: 'Client sent 0 stream(s), Hub method expects 1.',
    });
    assert.equal(await client.invoke('Echo', 'still here'), 'still here');
  });
}

test('a method that reads a stream does not block other calls', async () => {
  await using served = await serve(createSumHub().hub);
  const client = await RawClient.start(served.url);
  client.say({ type: 1, invocationId: '1', target: 'Ignore', arguments: [], streamIds: ['a'] });
  client.say(echo('2'));
  assert.equal((await client.nextMessage())['invocationId'], '2');
});

test('items that come before their call has started wait for it', async () => {
  const gate = Promise.withResolvers<void>();
  const { hub } = createSumHub();
  hub.method('Wait', [], () => gate.promise);
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.say(
    { type: 1, target: 'Wait', arguments: [] },
    { type: 1, invocationId: '1', target: 'Sum', arguments: ['a'], streamIds: ['1'] },
    { type: 2, invocationId: '1', item: 40 },
    { type: 2, invocationId: '1', item: 2 },
    { type: 3, invocationId: '1' },
  );
  while (hub.stats.bytesReceived < 100) await setTimeout(1);
  gate.resolve();
  assert.deepEqual(await client.nextMessage(), { type: 3, invocationId: '1', result: 'a: 42' });
});

test('items and ends that nobody expects are passed over', async () => {
  await using served = await serve(createSumHub().hub);
  const client = await RawClient.start(served.url);
  client.say({ type: 2, invocationId: 'x', item: 1 }, { type: 3, invocationId: 'x' });
  client.say({ type: 1, invocationId: '1', target: 'First', arguments: [], streamIds: ['x'] });
  client.say({ type: 2, invocationId: 'x', item: 1 });
  assert.equal((await client.nextMessage())['result'], 1);
  client.say({ type: 2, invocationId: 'x', item: 2 }, { type: 3, invocationId: 'x' }, echo('2'));
  assert.equal((await client.nextMessage())['invocationId'], '2');
});

test('stream ids that are in use and streams beyond the limit are refused', async () => {
  await using served = await serve(createSumHub({ limits: { streamsMax: 2 } }).hub);
  const client = await RawClient.start(served.url);
  const ignore = (id: string, ...streamIds: string[]) => ({
    type: 1,
    invocationId: id,
    target: 'Ignore',
    arguments: [],
    streamIds,
  });
  client.say(ignore('1', 'a'), ignore('2', 'a'), ignore('3', 'b', 'b'), ignore('4', 'b', 'c'));
  const errors = [];
  for (let n = 0; n < 2; n++) errors.push((await client.nextMessage())['error']);
  assert.deepEqual(errors, [
    "Stream ID 'a' is already in use.",
    'A connection may have 2 streams open.',
  ]);
});

test('a stream that nobody reads stops its connection, not the server, and fails in the end', async () => {
  const limits = { sweepMs: 5, streamStalledMs: 200 };
  const { hub } = createSumHub({ limits });
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  client.say({ type: 1, target: 'Ignore', arguments: [], streamIds: ['a'] });
  client.say({ type: 1, invocationId: '1', target: 'Watch', arguments: [], streamIds: ['b'] });
  const item = 'x'.repeat(10_000);
  const startedAt = performance.now();
  for (let n = 0; n < 2_000; n++) client.say({ type: 2, invocationId: 'a', item });
  client.say({ type: 3, invocationId: 'b' });
  await setTimeout(100);
  assert.ok(hub.stats.bytesReceived < 4e6, `${hub.stats.bytesReceived} bytes were read`);
  assert.equal((await client.nextMessage())['invocationId'], '1');
  assert.ok(performance.now() - startedAt >= 200);
  assert.equal(hub.stats.connections, 1);
});

test('the end of a connection ends the streams that it sent', async () => {
  const { hub, events } = createSumHub();
  await using served = await serve(hub);
  const client = await RawClient.start(served.url);
  const [item, failed] = [once(events, 'item'), once(events, 'failed')];
  client.say({ type: 1, target: 'Watch', arguments: [], streamIds: ['a'] });
  client.say({ type: 1, target: 'Ignore', arguments: [], streamIds: ['b'] });
  client.say({ type: 2, invocationId: 'a', item: 1 });
  await item;
  client.socket.terminate();
  assert.equal(((await failed) as [Error])[0].message, 'the connection has ended');
  await allEnded(hub);
  assert.equal(hub.stats.invocationsFailed, 0);
});
