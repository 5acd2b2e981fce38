import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AtlasError, type ErrorCode } from './atlas-error.ts';
import type { Receipt } from './models.ts';
import { createSender, readAttempt, writeAttempt, type Attempt } from './sender.ts';
import type { PostOptions } from './transfers.ts';

const draft = {
  sourceAccountId: 'acc_1',
  destinationAccountId: 'acc_2',
  minor: 12_000n,
  currency: 'NGN',
};
const receipt: Receipt = {
  key: 'key-1',
  replayed: false,
  status: 'posted',
  entryId: 'e1',
  source: { version: 2 },
  destination: { version: 1 },
  postedAt: '2026-11-24T02:00:00.000Z',
};

const failing = (code: ErrorCode, status: number) =>
  new AtlasError({ code, status, title: code, detail: '' });
const unreachable = failing('unreachable', 0);

const settled = () => new Promise(setImmediate);

/** A sender whose calls are answered from a list, the last one for ever. */
function sending(answers: (AtlasError | Receipt)[], remembered?: Attempt) {
  const calls: PostOptions[] = [];
  const kept: { attempt: Attempt | undefined } = { attempt: remembered };
  let keys = 0;
  const sender = createSender({
    post: async (_, options) => {
      calls.push(options);
      const answer = answers[Math.min(calls.length, answers.length) - 1]!;
      if (answer instanceof AtlasError) throw answer;
      return answer;
    },
    newKey: () => `key-${++keys}`,
    remember: (attempt) => void (kept.attempt = attempt),
    remembered,
  });
  return { sender, calls, kept };
}

test('a posted transfer gives its receipt, and the next one gets a key of its own', async () => {
  const { sender, calls, kept } = sending([receipt]);
  sender.send(draft);
  assert.equal(sender.read().step, 'sending');
  assert.equal(kept.attempt?.key, 'key-1', 'kept before an answer is here');
  await settled();
  assert.equal(sender.read().step, 'posted');
  assert.equal(kept.attempt, undefined);
  sender.reset();
  sender.send(draft);
  await settled();
  assert.deepEqual(
    calls.map(({ key }) => key),
    ['key-1', 'key-2'],
  );
});

test('while the client tries again, the person sees why', async () => {
  const asked = Promise.withResolvers<PostOptions>();
  const sender = createSender({
    post: (_, options) => {
      asked.resolve(options);
      return new Promise(() => {});
    },
    newKey: () => 'key-1',
    remember: () => undefined,
    remembered: undefined,
  });
  sender.send(draft);
  (await asked.promise).onRetry?.(unreachable, 250);
  const state = sender.read();
  assert.equal(state.step === 'sending' && state.retrying, unreachable);
});

test('an outcome that stays unknown keeps its key until a decisive answer', async () => {
  const answers: (AtlasError | Receipt)[] = [unreachable];
  const { sender, calls, kept } = sending(answers);
  sender.send(draft);
  await settled();
  assert.equal(sender.read().step, 'unknown');
  sender.send({ ...draft, minor: 1n });
  sender.reset();
  assert.equal(sender.read().step, 'unknown', 'neither a new transfer nor a reset gets past it');
  assert.equal(kept.attempt?.key, 'key-1');
  answers.splice(0, answers.length, receipt);
  sender.retry();
  await settled();
  assert.equal(sender.read().step, 'posted');
  assert.deepEqual([...new Set(calls.map(({ key }) => key))], ['key-1']);
});

test('a refusal by the book is final', async () => {
  const { sender, kept } = sending([unreachable, failing('insufficient_funds', 409)]);
  sender.send(draft);
  await settled();
  sender.retry();
  await settled();
  assert.equal(sender.read().step, 'refused');
  assert.equal(kept.attempt, undefined);
});

test('what moved nothing is refused, and the next try is a transfer of its own', async () => {
  const { sender, calls } = sending([failing('overloaded', 503), receipt]);
  sender.send(draft);
  await settled();
  assert.equal(sender.read().step, 'refused');
  sender.send(draft);
  await settled();
  assert.equal(calls[1]?.key, 'key-2');
});

test('a refusal that is not stored says nothing of an earlier try that may have moved the money', async () => {
  const { sender, kept } = sending([unreachable, failing('unauthenticated', 401)]);
  sender.send(draft);
  await settled();
  sender.retry();
  await settled();
  assert.equal(sender.read().step, 'unknown');
  assert.equal(kept.attempt?.key, 'key-1');
});

test('after a reload the open transfer is still there, under its key', async () => {
  const { sender, calls } = sending([receipt], { key: 'key-before', draft });
  assert.equal(sender.read().step, 'unknown');
  sender.retry();
  await settled();
  assert.equal(sender.read().step, 'posted');
  assert.equal(calls[0]?.key, 'key-before');
});

test('an open transfer can be given up, by the person and nobody else', async () => {
  const { sender, kept } = sending([receipt], { key: 'key-before', draft });
  sender.abandon();
  assert.equal(sender.read().step, 'idle');
  assert.equal(kept.attempt, undefined);
});

test('nothing is sent before its key is kept', async () => {
  const kept = Promise.withResolvers<void>();
  const sent: string[] = [];
  const sender = createSender({
    post: async (_, { key }) => {
      sent.push(key!);
      return receipt;
    },
    newKey: () => 'key-1',
    remember: (attempt) => (attempt === undefined ? undefined : kept.promise),
    remembered: undefined,
  });
  sender.send(draft);
  await settled();
  assert.deepEqual(sent, []);
  kept.resolve();
  await settled();
  assert.deepEqual([sent, sender.read().step], [['key-1'], 'posted']);
});

for (const [how, remember] of [
  ['at once', () => assert.fail('full')],
  ['later', () => Promise.reject(new Error('full'))],
] as const) {
  test(`a key that cannot be kept is not sent, and the form is free again (${how})`, async () => {
    const sent: unknown[] = [];
    const sender = createSender({
      post: async (transfer) => {
        sent.push(transfer);
        return receipt;
      },
      newKey: () => 'key-1',
      remember,
      remembered: undefined,
    });
    sender.send(draft);
    await settled();
    const state = sender.read();
    assert.equal(state.step === 'refused' && state.error.outcome, 'nothing');
    sender.reset();
    assert.deepEqual([sender.read().step, sent], ['idle', []]);
  });
}

test('an attempt survives being written down, to the last digit', () => {
  const attempt = { key: 'key-1', draft: { ...draft, minor: 9_007_199_254_740_993n } };
  assert.deepEqual(readAttempt(writeAttempt(attempt)), attempt);
});

test('after a sign-out nothing is sent any more', async () => {
  const { sender, calls } = sending([unreachable]);
  sender.send(draft);
  sender.close();
  await settled();
  assert.equal(calls[0]?.signal?.aborted, true);
  assert.equal(sender.read().step, 'sending', 'nobody looks at it any more');
});
