/** The hub that every client is tried on: whatever the protocol can do, a method of it does. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createHub, HubError, type Limits, streamOf } from '@atlas/signalr';

export interface User {
  token: string;
}

export type ConformanceHub = ReturnType<typeof createConformanceHub>;

export function createConformanceHub(limits: Partial<Limits>) {
  const hub = createHub<User>({
    limits,
    allowOrigin: () => true,
    authenticate: ({ token }) => (token === undefined ? { status: 401 } : { identity: { token } }),
  });
  const counts = { streamsOpen: 0 };
  const [any, number, text] = [z.unknown(), z.number(), z.string()];

  hub.method('Echo', [any], (_caller, value) => value);
  hub.method('List', [any, any, any], (_caller, a, b, c) => [a, b, c]);
  hub.method('Add', [number, number], (_caller, a, b) => a + b);
  hub.method('Nothing', [], () => undefined);
  hub.method('WhoAmI', [], ({ identity }) => identity.token);
  hub.method('Connections', [], () => [...hub.connections()].length);
  hub.method('Slow', [number], async (_caller, ms) => delay(ms, 'slept'));
  hub.method('Big', [number], (_caller, length) => '₿'.repeat(length));
  hub.method('Refuse', [text], (_caller, words) => {
    throw new HubError(words);
  });
  hub.method('Break', [], () => {
    throw new Error('password=hunter2');
  });
  hub.method('Push', [number, text], (caller, count, text) => {
    for (let n = 0; n < count; n++) caller.send('pushed', [n, text]);
    return count;
  });
  hub.method(
    'CloseMe',
    [z.object({ error: text, allowReconnect: z.boolean().optional() })],
    (caller, { error, allowReconnect = false }) => caller.close({ error, allowReconnect }),
  );

  hub.stream('Count', [number, number], async function* (_caller, count, delayMs) {
    counts.streamsOpen += 1;
    try {
      for (let n = 0; n < count; n++) {
        if (delayMs > 0) await delay(delayMs);
        yield n;
      }
    } finally {
      counts.streamsOpen -= 1;
    }
  });
  hub.stream('CountAndRefuse', [number], async function* (_caller, count) {
    for (let n = 0; n < count; n++) yield n;
    throw new HubError('no more');
  });
  hub.method('Sum', [streamOf(number)], async (caller, numbers) => {
    let sum = 0;
    for await (const number of numbers) sum += number;
    caller.send('pushed', [sum, 'sum']);
    return sum;
  });
  hub.method('AskMe', [text], async (caller, question) => caller.invoke('ask', [question]));
  return Object.assign(hub, { counts });
}
