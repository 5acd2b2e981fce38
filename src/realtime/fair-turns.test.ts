import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FairTurns, type NoTurn } from './fair-turns.ts';

const refuse = (reason: NoTurn) => new Error(reason);

/** Work that ends when it is told to, one piece after the other. */
function slowWork() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  return {
    begun,
    work: (name: string) => () =>
      new Promise<void>((resolve) => {
        begun.push(name);
        ends.push(resolve);
      }),
    async endOne(): Promise<void> {
      ends.shift()!();
      await new Promise(setImmediate);
    },
  };
}

test('a user with a thousand pieces of work delays another user by one at most', async () => {
  const turns = new FairTurns({ atOnceMax: 2, waitingMax: 2_000, waitMs: 60_000 });
  const { begun, work, endOne } = slowWork();
  const ofMany = Array.from({ length: 1_000 }, (_, i) =>
    turns.run('many', work(`many-${i}`), refuse),
  );
  const ofOne = turns.run('one', work('one'), refuse);
  const ofFew = ['few-0', 'few-1'].map((name) => turns.run('few', work(name), refuse));
  await endOne();
  await endOne();
  await endOne();
  assert.deepEqual(begun, ['many-0', 'many-1', 'many-2', 'one', 'few-0']);
  while (turns.running > 0) await endOne();
  await Promise.all([...ofMany, ofOne, ...ofFew]);
  assert.equal(begun.length, 1_003);
  assert.deepEqual([turns.running, turns.waiting], [0, 0]);
});

test('beyond the waiting room nobody waits, and whoever has waited too long leaves', async () => {
  const turns = new FairTurns({ atOnceMax: 1, waitingMax: 1, waitMs: 5 });
  const { work, endOne } = slowWork();
  const running = turns.run('a', work('a'), refuse);
  const waiting = turns.run('b', work('b'), refuse);
  await assert.rejects(turns.run('c', work('c'), refuse), /full/);
  await assert.rejects(waiting, /late/);
  await endOne();
  await running;
  assert.deepEqual([turns.running, turns.waiting], [0, 0]);
});

test('work that fails gives its place on', async () => {
  const turns = new FairTurns({ atOnceMax: 1, waitingMax: 1, waitMs: 60_000 });
  const failing = turns.run('a', () => Promise.reject(new Error('failed')), refuse);
  const next = turns.run('b', async () => 'done', refuse);
  await assert.rejects(failing, /failed/);
  assert.equal(await next, 'done');
});
