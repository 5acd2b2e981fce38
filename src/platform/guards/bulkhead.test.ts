import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bulkhead } from './bulkhead.ts';

test('places go to those who wait in their order, and beyond the waiting room nobody waits', async () => {
  const bulkhead = new Bulkhead({ atOnceMax: 1, waitingMax: 2 });
  const leave = (await bulkhead.enter(1_000))!;
  const came: string[] = [];
  const wait = (name: string) =>
    bulkhead.enter(60_000).then((place) => {
      came.push(name);
      return place!;
    });
  const first = wait('first');
  const second = wait('second');
  assert.deepEqual([bulkhead.running, bulkhead.waiting, bulkhead.full], [1, 2, true]);
  assert.equal(await bulkhead.enter(60_000), undefined);
  leave();
  leave();
  const leaveFirst = await first;
  assert.deepEqual(came, ['first']);
  leaveFirst();
  (await second)();
  assert.deepEqual([bulkhead.running, bulkhead.waiting, bulkhead.full], [0, 0, false]);
});

test('whoever finds no place in time is told so, and takes none later', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const bulkhead = new Bulkhead({ atOnceMax: 1, waitingMax: 1 });
  const leave = bulkhead.tryEnter()!;
  const waiting = bulkhead.enter(50);
  t.mock.timers.tick(50);
  assert.equal(await waiting, undefined);
  assert.equal(bulkhead.waiting, 0);
  leave();
  assert.equal(bulkhead.running, 0);
});
