import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RunningClock, tickMs } from '../pressure/running-clock.ts';
import { standStill } from '../pressure/testing.ts';
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

test('whoever finds no place in time is told so, and takes none later', async () => {
  const bulkhead = new Bulkhead({ atOnceMax: 1, waitingMax: 1 });
  const leave = bulkhead.tryEnter()!;
  const waiting = bulkhead.enter(5);
  assert.equal(await waiting, undefined);
  assert.equal(bulkhead.waiting, 0);
  leave();
  assert.equal(bulkhead.running, 0);
});

test('a pause of this process takes nothing from the time of those who wait', async () => {
  const waitMs = 400;
  const entersAfterPause = async (nowMs: () => number) => {
    const bulkhead = new Bulkhead({ atOnceMax: 1, waitingMax: 1, nowMs });
    const leave = bulkhead.tryEnter()!;
    const waiting = bulkhead.enter(waitMs);
    standStill(2 * waitMs);
    // The answer that frees the place is read a moment later.
    setTimeout(leave, 2 * tickMs);
    return (await waiting) !== undefined;
  };
  const clock = new RunningClock({ nowMs: () => performance.now() });
  const ticking = setInterval(() => clock.nowMs(), tickMs);
  assert.ok(await entersAfterPause(clock.nowMs));
  clearInterval(ticking);
  // The control: a clock that goes on.
  assert.ok(!(await entersAfterPause(() => performance.now())));
});
