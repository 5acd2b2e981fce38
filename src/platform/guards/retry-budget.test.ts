import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RetryBudget } from './retry-budget.ts';

/** Calls that all fail, each tried again where the budget allows it. */
function retriesOf(calls: number, everyMs: number): number {
  let nowMs = 0;
  const budget = new RetryBudget({ name: 'test', savedMax: 20, nowMs: () => nowMs });
  let retries = 0;
  for (let i = 0; i < calls; i += 1) {
    nowMs += everyMs;
    budget.earn();
    if (budget.take()) retries += 1;
  }
  assert.equal(budget.counts.taken + budget.counts.denied, calls);
  return retries;
}

test('when every call fails, the load grows by a tenth and what was saved up, and not by half', () => {
  const retries = retriesOf(100_000, 0);
  assert.ok(retries >= 10_000 && retries <= 10_020, `${retries}`);
});

test('a role with a call a second may try each of them again', () => {
  assert.equal(retriesOf(100, 1_000), 100);
});
