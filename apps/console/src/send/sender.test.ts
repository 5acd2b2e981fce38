import assert from 'node:assert/strict';
import { test } from 'node:test';
import { problems, type ProblemCode } from '../../../../src/contracts/problems.ts';
import { ApiError } from '../api/http.ts';
import type { Receipt } from '../api/payments.ts';
import { handClock, settled } from '../live/testing.ts';
import { createSender, retriesMax, type Attempt } from './sender.ts';

const draft = {
  sourceAccountId: 'acc_1',
  destinationAccountId: 'acc_2',
  minor: '12000',
  currency: 'NGN',
};
const receipt: Receipt = {
  replayed: false,
  transfer: {
    status: 'posted',
    entryId: 'e1',
    source: { version: 2 },
    destination: { version: 1 },
    postedAt: '2026-11-24T02:00:00.000Z',
  },
};

function failing(code: ProblemCode | 'unreachable', retryAfterMs?: number): ApiError {
  const kind = code === 'unreachable' ? { status: 0, title: code } : problems[code];
  return new ApiError({ ...kind, code, detail: '', retryAfterMs, errors: undefined });
}

/** A sender whose tries are answered from a list, the last one for ever. */
function sending(answers: (ApiError | Receipt)[], remembered?: Attempt) {
  const clock = handClock();
  const tries: { key: string; body: string }[] = [];
  const kept: { attempt: Attempt | undefined } = { attempt: remembered };
  let keys = 0;
  const sender = createSender({
    post: async (key, body) => {
      tries.push({ key, body });
      const answer = answers[Math.min(tries.length, answers.length) - 1]!;
      if (answer instanceof ApiError) throw answer;
      return answer;
    },
    newKey: () => `key-${++keys}`,
    clock,
    random: () => 0.5,
    remember: (attempt) => (kept.attempt = attempt),
    remembered,
  });
  return { clock, sender, tries, kept };
}

test('a posted transfer gives its receipt, and the next one gets a key of its own', async () => {
  const { sender, tries, kept } = sending([receipt]);
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
    tries.map(({ key }) => key),
    ['key-1', 'key-2'],
  );
});

test('a lost answer is tried again with the same key and the same bytes', async () => {
  const { clock, sender, tries } = sending([
    failing('unreachable'),
    failing('unavailable'),
    receipt,
  ]);
  sender.send(draft);
  await clock.pass(60_000);
  assert.equal(sender.read().step, 'posted');
  assert.equal(tries.length, 3);
  assert.equal(new Set(tries.map(({ key, body }) => key + body)).size, 1);
});

test('an outcome that stays unknown keeps its key until a decisive answer', async () => {
  const answers: (ApiError | Receipt)[] = [failing('unreachable')];
  const { clock, sender, tries, kept } = sending(answers);
  sender.send(draft);
  await clock.pass(120_000);
  assert.equal(sender.read().step, 'unknown');
  assert.equal(tries.length, 1 + retriesMax);
  sender.send({ ...draft, minor: '1' });
  sender.reset();
  assert.equal(sender.read().step, 'unknown', 'neither a new transfer nor a reset gets past it');
  assert.equal(kept.attempt?.key, 'key-1');
  answers.splice(0, answers.length, receipt);
  sender.retry();
  await settled();
  assert.equal(sender.read().step, 'posted');
  assert.deepEqual([...new Set(tries.map(({ key }) => key))], ['key-1']);
});

test('a refusal by the book is final and is not repeated', async () => {
  for (const code of ['insufficient_funds', 'account_not_found', 'currency_mismatch'] as const) {
    const { clock, sender, tries, kept } = sending([failing(code)]);
    sender.send(draft);
    await clock.pass(60_000);
    assert.equal(sender.read().step, 'refused', code);
    assert.deepEqual([tries.length, kept.attempt], [1, undefined]);
  }
});

test('an overloaded server is asked again after the time it names; then nothing has happened', async () => {
  const { clock, sender, tries } = sending([failing('overloaded', 3_000)]);
  sender.send(draft);
  await clock.pass(2_900);
  assert.equal(tries.length, 1);
  await clock.pass(200);
  assert.equal(tries.length, 2);
  await clock.pass(120_000);
  assert.equal(sender.read().step, 'refused');
});

test('a refusal that is not stored says nothing of an earlier try that may have moved the money', async () => {
  for (const code of ['unauthenticated', 'overloaded', 'rate_limited', 'forbidden'] as const) {
    const { clock, sender, kept } = sending([failing('unreachable'), failing(code)]);
    sender.send(draft);
    await clock.pass(120_000);
    assert.equal(sender.read().step, 'unknown', code);
    assert.equal(kept.attempt?.key, 'key-1');
  }
});

test('after a reload the open transfer is still there, under its key', async () => {
  const { sender, tries } = sending([receipt], { key: 'key-before', draft });
  const state = sender.read();
  assert.equal(state.step, 'unknown');
  sender.retry();
  await settled();
  assert.equal(sender.read().step, 'posted');
  assert.deepEqual(tries, [{ key: 'key-before', body: JSON.stringify(draft) }]);
});

test('an open transfer can be given up, by the person and nobody else', async () => {
  const { sender, kept } = sending([receipt], { key: 'key-before', draft });
  sender.abandon();
  assert.equal(sender.read().step, 'idle');
  assert.equal(kept.attempt, undefined);
});

test('after a sign-out nothing is sent any more', async () => {
  const { clock, sender, tries } = sending([failing('unreachable')]);
  sender.send(draft);
  sender.close();
  await clock.pass(60_000);
  assert.equal(tries.length, 1);
});
