import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProblemError } from '../contracts/problems.ts';
import type { TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import { HandOver, handOversAtOnceMax } from './hand-over.ts';
import { until } from './testing.ts';

function request(key: string): TransferRequest {
  return {
    tenant: 'tnt',
    key,
    subject: 'tester',
    source: 'a',
    destination: 'b',
    amountMinor: 1n,
    currency: 'EUR',
  };
}

/** A core that answers each transfer with its key, when it is told to. */
function heldCore() {
  const calls: { keys: string[]; answer: () => void; fail: (error: Error) => void }[] = [];
  const post = (requests: readonly TransferRequest[]): Promise<TransferOutcome[]> =>
    new Promise((resolve, reject) => {
      const keys = requests.map(({ key }) => key);
      const answer = () => resolve(keys.map(outcome));
      calls.push({ keys, answer, fail: reject });
    });
  return { calls, post };
}

function outcome(key: string): TransferOutcome {
  return {
    status: 'posted',
    replayed: false,
    entryId: key,
    sourceVersion: 1,
    destinationVersion: 1,
    postedAt: '',
  };
}

const keysOf = (outcomes: TransferOutcome[]) =>
  outcomes.map((posted) => (posted.status === 'posted' ? posted.entryId : ''));

test('what queues while hand-overs are under way goes over together, in order', async () => {
  const core = heldCore();
  const handOver = new HandOver({ core, nowMs: () => 0 });
  const posted: Promise<TransferOutcome[]>[] = [];
  for (let i = 0; i < handOversAtOnceMax; i += 1) {
    posted.push(handOver.post([request(`early-${i}`)]));
    await until(() => core.calls.length === i + 1);
  }
  for (let i = 0; i < 10; i += 1) posted.push(handOver.post([request(`late-${i}`)]));
  const batch = Array.from({ length: 1_000 }, (_, i) => request(`batch-${i}`));
  posted.push(handOver.post(batch));
  posted.push(handOver.post([request('last')]));
  await new Promise(setImmediate);
  assert.equal(core.calls.length, handOversAtOnceMax);
  core.calls[0]!.answer();
  await until(() => core.calls.length > handOversAtOnceMax);
  const keys = [...posted.keys()].length;
  const group = core.calls[handOversAtOnceMax]!.keys;
  assert.equal(group.length, 1_011);
  assert.deepEqual(
    group.slice(0, 10),
    Array.from({ length: 10 }, (_, i) => `late-${i}`),
  );
  assert.deepEqual(
    group.slice(10, 1_010),
    batch.map(({ key }) => key),
  );
  for (const call of core.calls) call.answer();
  const outcomes = await Promise.all(posted);
  assert.equal(outcomes.length, keys);
  assert.deepEqual(keysOf(outcomes[handOversAtOnceMax + 3]!), ['late-3']);
  assert.equal(keysOf(outcomes.at(-2)!)[999], 'batch-999');
});

test('where a transfer takes long, a group is no more than an even share of all that is open', async () => {
  const core = heldCore();
  const clock = { ms: 0 };
  const handOver = new HandOver({ core, nowMs: () => clock.ms });
  const posted = [handOver.post([request('first')])];
  await until(() => core.calls.length === 1);
  clock.ms = 80;
  core.calls[0]!.answer();
  await posted[0];
  for (let i = 0; i < 20; i += 1) posted.push(handOver.post([request(`next-${i}`)]));
  await until(() => core.calls.length === 3);
  assert.deepEqual(
    core.calls.map(({ keys }) => keys.length),
    [1, 10, 10],
  );
  for (const call of core.calls) call.answer();
  await Promise.all(posted);
});

test('a batch is never divided: one that does not fit waits for the next hand-over', async () => {
  const core = heldCore();
  const handOver = new HandOver({ core });
  const batches = ['one', 'two'].map((name) =>
    Array.from({ length: 600 }, (_, i) => request(`${name}-${i}`)),
  );
  const posted = batches.map((batch) => handOver.post(batch));
  await until(() => core.calls.length === 2);
  assert.deepEqual(
    core.calls.map(({ keys }) => [keys.length, keys[0]]),
    [
      [600, 'one-0'],
      [600, 'two-0'],
    ],
  );
  for (const call of core.calls) call.answer();
  await Promise.all(posted);
});

test('a full queue refuses with overloaded and hands nothing of it over', async () => {
  const core = heldCore();
  const handOver = new HandOver({ core, queuedMax: 3 });
  const posted = [handOver.post([request('a'), request('b')])];
  await assert.rejects(handOver.post([request('c'), request('d')]), { code: 'overloaded' });
  posted.push(handOver.post([request('e')]));
  await until(() => core.calls.length === 1);
  assert.deepEqual(core.calls[0]!.keys, ['a', 'b', 'e']);
  assert.equal(handOver.queuedTransfers, 0);
  core.calls[0]!.answer();
  await Promise.all(posted);
});

test('a failed hand-over fails its own group and not the next', async () => {
  const core = heldCore();
  const handOver = new HandOver({ core });
  const failed = handOver.post([request('a')]);
  await until(() => core.calls.length === 1);
  const posted = handOver.post([request('b')]);
  await until(() => core.calls.length === 2);
  core.calls[0]!.fail(new ProblemError('unavailable', 'gone'));
  core.calls[1]!.answer();
  await assert.rejects(failed, { code: 'unavailable' });
  assert.deepEqual(keysOf(await posted), ['b']);
});

test('a core that never answers gives unavailable, and the way is free again', async () => {
  const core = heldCore();
  const handOver = new HandOver({ core, timeoutMs: 20 });
  for (let i = 0; i < handOversAtOnceMax + 1; i += 1) {
    await assert.rejects(handOver.post([request(`k${i}`)]), { code: 'unavailable' });
  }
});

test('what expired in the queue is refused, and does not go over with the rest', async () => {
  const core = heldCore();
  const clock = { ms: 0 };
  const handOver = new HandOver({ core, nowMs: () => clock.ms });
  const posted: Promise<TransferOutcome[]>[] = [];
  for (let i = 0; i < handOversAtOnceMax; i += 1) {
    posted.push(handOver.post([{ ...request(`early-${i}`), deadlineMs: 1_000 }]));
    await until(() => core.calls.length === i + 1);
  }
  const late = handOver.post([{ ...request('late'), deadlineMs: 1_000 }]);
  const refused = assert.rejects(late, { code: 'overloaded', reason: 'deadline' });
  const patient = handOver.post([{ ...request('patient'), deadlineMs: 2_000 }]);
  clock.ms = 1_000;
  core.calls[0]!.answer();
  await until(() => core.calls.length > handOversAtOnceMax);
  assert.deepEqual(core.calls[handOversAtOnceMax]!.keys, ['patient']);
  await refused;
  assert.equal(handOver.queuedTransfers, 0);
  for (const call of core.calls) call.answer();
  // Begun in time, and so answered however late it is.
  assert.deepEqual((await Promise.all(posted)).map(keysOf), [['early-0'], ['early-1']]);
  assert.deepEqual(keysOf(await patient), ['patient']);
});

test('a queue in which all have expired is emptied without a call', async () => {
  const core = heldCore();
  const clock = { ms: 5 };
  const handOver = new HandOver({ core, nowMs: () => clock.ms });
  const expired = ['a', 'b'].map((key) => handOver.post([{ ...request(key), deadlineMs: 5 }]));
  await Promise.all(expired.map((one) => assert.rejects(one, { reason: 'deadline' })));
  assert.equal(core.calls.length, 0);
});
