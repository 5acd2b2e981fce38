import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Demand } from './demand.ts';

test('Retry-After is spread evenly from one second to twice the overload', () => {
  let random = 0;
  const demand = new Demand({ random: () => random });
  for (let i = 0; i < 2_000; i += 1) demand.offer();
  const seen = new Set<number>();
  for (random = 0; random < 1; random += 0.01) seen.add(demand.retryAfterSeconds(400));
  assert.deepEqual([...seen], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('Retry-After reaches two seconds at least and thirty at most', () => {
  const demand = new Demand({ random: () => 0.999_999 });
  assert.equal(demand.retryAfterSeconds(400), 2);
  for (let i = 0; i < 100_000; i += 1) demand.offer();
  assert.equal(demand.retryAfterSeconds(400), 30);
});

test('only the last second counts as demand', () => {
  const demand = new Demand({ random: () => 0 });
  for (let i = 0; i < 100; i += 1) demand.offer();
  for (let i = 0; i < 3; i += 1) demand.endWindow();
  assert.equal(demand.perSecond, 100);
  demand.endWindow();
  assert.equal(demand.perSecond, 0);
});
