import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { z } from 'zod';
import { defaultLimits } from '../limits.ts';
import { type HubMessage, messageTypes } from '../protocol/protocol.ts';
import { createStats } from '../stats.ts';
import type { Caller } from './answer-call.ts';
import { Calls, type InvocationEnd } from './calls.ts';
import { Methods } from './methods.ts';
import { streamOf } from './parameters.ts';

const limits = {
  ...defaultLimits,
  parallelInvocationsMax: 2,
  waitingInvocationsMax: 4,
  streamsMax: 6,
  streamItemsMax: 5,
};

/** Calls over a socket that is full whenever `full` says so, with methods that wait for `steps`. */
function createCalls() {
  const steps: (() => void)[] = [];
  const step = () => new Promise<void>((resolve) => steps.push(resolve));
  const sent: HubMessage[] = [];
  const ends: InvocationEnd<unknown>[] = [];
  const owner: Caller & { full: boolean; writable: boolean } = {
    full: false,
    get writable() {
      return !owner.full;
    },
    write: (message) => void sent.push(message),
  };
  const methods = new Methods<typeof owner>(undefined);
  methods.add('Now', [z.unknown()], { streams: false, handler: (_, value: unknown) => value });
  methods.add('Later', [], { streams: false, handler: step });
  methods.add('Fail', [], { streams: false, handler: () => Promise.reject(new Error('no')) });
  methods.add('Sum', [streamOf(z.number())], {
    streams: false,
    async handler(_, numbers: AsyncIterable<number>) {
      let sum = 0;
      for await (const number of numbers) sum += number;
      return sum;
    },
  });
  methods.add('Ignore', [streamOf(z.unknown())], { streams: false, handler: step });
  methods.add('Items', [z.unknown()], {
    streams: true,
    async *handler(_, count: unknown) {
      for (let n = 0; n < Number(count); n++) {
        yield n;
        await step();
      }
    },
  });
  methods.add('Endless', [], {
    streams: true,
    async *handler() {
      for (;;) yield 'more';
    },
  });
  const calls = new Calls(owner, {
    limits,
    stats: createStats(),
    methods,
    invoked: (end) => void ends.push(end),
    failed: (error) => assert.fail(String(error)),
  });
  return { calls, owner, steps, sent, ends };
}

const invocationId = fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8');
const streamId = fc.constantFrom('1', '2', '3');
const target = fc.constantFrom('Now', 'Later', 'Fail', 'Sum', 'Ignore', 'Items', 'Missing');
const call = fc.record(
  {
    type: fc.constantFrom(messageTypes.invocation, messageTypes.streamInvocation),
    invocationId,
    target,
    arguments: fc.constantFrom([], [2], [1, 2]),
    streamIds: fc.uniqueArray(streamId, { minLength: 1, maxLength: 2 }),
  },
  { requiredKeys: ['type', 'invocationId', 'target', 'arguments'], noNullPrototype: true },
);
const other = fc.oneof(
  fc.record({ type: fc.constant(messageTypes.cancelInvocation), invocationId }),
  fc.record({ type: fc.constant(messageTypes.completion), invocationId: streamId }),
  fc.record({
    type: fc.constant(messageTypes.completion),
    invocationId: streamId,
    error: fc.constant('lost'),
  }),
  fc.record({
    type: fc.constant(messageTypes.streamItem),
    invocationId: streamId,
    item: fc.constantFrom(1, 2, 3, 'x'),
  }),
);
type Action = 'step' | 'full' | 'room' | HubMessage;
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: call },
  { weight: 4, arbitrary: other },
  { weight: 3, arbitrary: fc.constantFrom<Action>('step', 'full', 'room') },
);

test('whatever happens, each call is completed once and leaves nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const { calls, owner, steps, sent, ends } = createCalls();
      const owed: string[] = [];
      let blocked = false;
      for (const each of actions) {
        if (each === 'step') steps.shift()?.();
        else if (each === 'full') owner.full = true;
        else if (each === 'room') {
          owner.full = false;
          calls.resume();
        } else if (!blocked) {
          if ('target' in each) owed.push(each.invocationId!);
          const handled = calls.handle(each);
          blocked = handled !== undefined;
          void handled?.then(() => (blocked = false));
        }
        await setImmediate();
      }
      // Everything comes to its end: the socket takes all, methods finish, the client ends its streams.
      owner.full = false;
      while (ends.length < owed.length) {
        calls.resume();
        for (const resolve of steps.splice(0)) resolve();
        calls.sweep(performance.now() + limits.streamStalledMs + 1);
        for (const id of ['1', '2', '3', '4', '5', '6', '7', '8']) {
          if (!blocked) void calls.handle({ type: messageTypes.completion, invocationId: id });
        }
        await setImmediate();
      }
      for (const resolve of steps.splice(0)) resolve();
      await setImmediate();
      const completed = sent.filter((each) => each.type === messageTypes.completion);
      assert.deepEqual(
        completed.map((each) => each.invocationId).toSorted(byText),
        owed.toSorted(byText),
      );
      await assertEmpty({ calls, sent });
    }),
    { numRuns: 500 },
  );
});

test('a stream that never waits lets others have their turn', async () => {
  const { calls, sent } = createCalls();
  const call = { type: messageTypes.streamInvocation, invocationId: '1', target: 'Endless' };
  void calls.handle({ ...call, arguments: [] });
  await setImmediate();
  assert.ok(sent.length > 0);
  void calls.handle({ type: messageTypes.cancelInvocation, invocationId: '1' });
  await setImmediate();
  assert.deepEqual(sent.at(-1), { type: messageTypes.completion, invocationId: '1' });
});

/** All places for streams and for items are free: those that a stream sends, and those of a client. */
async function assertEmpty({
  calls,
  sent,
}: Pick<ReturnType<typeof createCalls>, 'calls' | 'sent'>): Promise<void> {
  const { invocation, streamInvocation, streamItem, cancelInvocation } = messageTypes;
  const { streamsMax, streamItemsMax } = limits;
  sent.length = 0;
  for (let n = 1; n < streamsMax; n++) {
    const invocationId = String(n);
    void calls.handle({ type: streamInvocation, invocationId, target: 'Items', arguments: [1] });
  }
  void calls.handle({ type: invocation, target: 'Ignore', arguments: [], streamIds: ['1'] });
  await setImmediate();
  assert.deepEqual(
    sent.map(({ type }) => type),
    Array(streamsMax - 1).fill(streamItem),
  );
  const item: HubMessage = { type: streamItem, invocationId: '1', item: 1 };
  for (let n = 1; n < streamItemsMax; n++) assert.equal(calls.handle(item), undefined);
  assert.notEqual(calls.handle(item), undefined);
  for (let n = 1; n < streamsMax; n++) {
    void calls.handle({ type: cancelInvocation, invocationId: String(n) });
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
