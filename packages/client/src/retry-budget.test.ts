import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRetryBudget } from './retry-budget.ts';
import { handClock } from './testing.ts';

const limits = { burst: 3, perSecond: 0.5, perRequest: 0.25 };

test('a quiet client has its burst, and then a retry in two seconds', async () => {
  const clock = handClock();
  const budget = createRetryBudget(limits, clock);
  for (let i = 0; i < 3; i++) {
    assert.equal(budget.waitMs(), 0);
    budget.take();
  }
  assert.equal(budget.waitMs(), 2_000);
  await clock.pass(2_000);
  assert.equal(budget.waitMs(), 0);
});

test('those that wait stand in line: each next one waits longer', () => {
  const budget = createRetryBudget(limits, handClock());
  const waits = Array.from({ length: 6 }, () => {
    const waitMs = budget.waitMs();
    budget.take();
    return waitMs;
  });
  assert.deepEqual(waits, [0, 0, 0, 2_000, 4_000, 6_000]);
});

test('four calls earn a retry, and an hour of silence no more than the burst', async () => {
  const clock = handClock();
  const budget = createRetryBudget(limits, clock);
  for (let i = 0; i < 3; i++) budget.take();
  for (let i = 0; i < 4; i++) budget.called();
  assert.equal(budget.waitMs(), 0);
  await clock.pass(3_600_000);
  for (let i = 0; i < 3; i++) budget.take();
  assert.equal(budget.waitMs(), 2_000);
});
