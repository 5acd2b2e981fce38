/** What the compiler holds hosts to: each expected error is one that it must find. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { createHub, streamOf } from '@atlas/signalr';

interface User {
  name: string;
}

interface Chat {
  said: [name: string, text: string];
  typing: [];
}

test('methods get their arguments, and clients their messages, with their types', async () => {
  const hub = createHub<User, Chat>({
    authenticate: () => ({ identity: { name: 'ada' } }),
    onConnected(connection) {
      connection.send('typing', []);
      // @ts-expect-error: a number is no text
      connection.send('said', ['ada', 1]);
      // @ts-expect-error: an argument is missing
      connection.send('said', ['ada']);
      // @ts-expect-error: clients have no such method
      connection.send('shouted', []);
    },
  });
  const parameters = [z.string(), z.number().optional(), streamOf(z.boolean())] as const;
  hub.method('Say', parameters, async (connection, text, times, answers, signal) => {
    connection.send('said', [connection.identity.name, text.repeat(times ?? 1)]);
    for await (const answer of answers) if (answer && signal.aborted) break;
    const size = await connection.invoke('typing', [], { schema: z.number() });
    // @ts-expect-error: it is a number
    size.trim();
    const unknown = await connection.invoke('typing', []);
    // @ts-expect-error: nobody has looked at it
    unknown.trim();
  });
  // @ts-expect-error: the argument is a number
  hub.method('Square', [z.number()], (_connection, n: string) => n);
  // @ts-expect-error: a stream gives items
  hub.stream('One', [], () => 1);
  assert.deepEqual(
    [...hub.connections()].map(({ identity }) => identity.name),
    [],
  );
  await hub.drain({ withinMs: 0 });
});
