import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonHubProtocol } from '@microsoft/signalr';
import { z } from 'zod';
import { HubError, InvalidArgumentsError, type StandardSchema } from '@atlas/signalr';
import { createUserHub, read, start } from '../../test/official-client.ts';
import { serve } from '../../test/serve.ts';

const protocol = new JsonHubProtocol();

/** A schema by hand, which takes its time. */
const even: StandardSchema<number, string> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    async validate(value) {
      if (typeof value === 'number' && value % 2 === 0) return { value: `${value} is even` };
      return { issues: [{ message: 'not even', path: ['a', { key: 0 }] }, { message: 'unseen' }] };
    },
  },
};

test('a refusal says which argument is wrong, and where in it', async (t) => {
  const hub = createUserHub();
  const order = z.object({ lines: z.array(z.object({ amount: z.int() })) });
  hub.method('Order', [z.string(), order, z.unknown()], () => 'ordered');
  hub.method('Even', [even], (_connection, text) => text);
  await using served = await serve(hub);
  const client = await start(t, served, protocol);
  assert.equal(await client.invoke('Order', 'a', { lines: [] }), 'ordered');
  await assert.rejects(client.invoke('Order', 'a', { lines: [{ amount: 1 }, { amount: 1.5 }] }), {
    message: 'Argument 2 is invalid: lines.1.amount: Invalid input: expected int, received number',
  });
  await assert.rejects(client.invoke('Order'), {
    message: 'Argument 1 is invalid: Invalid input: expected string, received undefined',
  });
  await assert.rejects(client.invoke('Even', 2, 4), {
    message: 'Invocation provides 2 argument(s) but target expects 1.',
  });
  assert.equal(await client.invoke('Even', 2), '2 is even');
  await assert.rejects(client.invoke('Even', 3), {
    message: 'Argument 1 is invalid: a.0: not even',
  });
});

test('a filter sees every call of a method before its arguments are read', async (t) => {
  const seen: string[] = [];
  const hub = createUserHub({
    async filter({ connection, method, args, signal }, next) {
      seen.push(`${connection.identity.name} ${method} ${JSON.stringify(args)} ${signal.aborted}`);
      if (args[0] === 'secret') throw new HubError('forbidden');
      try {
        return await next();
      } catch (error) {
        if (!(error instanceof InvalidArgumentsError)) throw error;
        throw new HubError(`invalid_request: argument ${error.argument}, ${error.issue}`);
      }
    },
  });
  hub.method('Twice', [z.string()], (_connection, text) => text + text);
  hub.stream('Letters', [z.string()], async function* (_connection, text) {
    yield* text;
  });
  await using served = await serve(hub);
  const client = await start(t, served, protocol);
  assert.equal(await client.invoke('twice', 'ab'), 'abab');
  assert.deepEqual(await read(client.stream('Letters', 'ab')), { items: ['a', 'b'] });
  await assert.rejects(client.invoke('Twice', 'secret'), { message: 'forbidden' });
  await assert.rejects(client.invoke('Twice', 1), {
    message: 'invalid_request: argument 1, Invalid input: expected string, received number',
  });
  await assert.rejects(client.invoke('Missing'));
  assert.deepEqual(seen, [
    'ada Twice ["ab"] false',
    'ada Letters ["ab"] false',
    'ada Twice ["secret"] false',
    'ada Twice [1] false',
  ]);
});

test('a method that gives a stream, or a stream that gives none, fails and says so', async (t) => {
  const failures: string[] = [];
  const hub = createUserHub({
    onInvocation: ({ error }) => void failures.push(error instanceof Error ? error.message : ''),
  });
  hub.method('Stream', [], async function* () {
    yield 1;
  });
  hub.stream('Number', [], (() => 1) as never);
  await using served = await serve(hub);
  const client = await start(t, served, protocol);
  await assert.rejects(client.invoke('Stream'));
  assert.ok('error' in (await read(client.stream('Number'))));
  assert.deepEqual(failures, [
    'Stream gives an AsyncIterable: add it by stream()',
    'Number gives no AsyncIterable: add it by method()',
  ]);
  assert.throws(() => hub.method('STREAM', [], () => 1), /there already/);
});
