import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Demand } from './demand.ts';
import type { TrafficClass } from '../../platform/pressure/traffic-class.ts';

test('Retry-After is spread evenly from one second to twice the overload', () => {
  let random = 0;
  const demand = new Demand({ random: () => random });
  for (let i = 0; i < 2_000; i += 1) demand.offer('normal');
  const seen = new Set<number>();
  for (random = 0; random < 1; random += 0.01) seen.add(demand.retryAfterSeconds('normal', 400));
  assert.deepEqual([...seen], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('Retry-After reaches two seconds at least and thirty at most', () => {
  const demand = new Demand({ random: () => 0.999_999 });
  assert.equal(demand.retryAfterSeconds('normal', 400), 2);
  for (let i = 0; i < 100_000; i += 1) demand.offer('normal');
  assert.equal(demand.retryAfterSeconds('normal', 400), 30);
});

test('only the last second counts as demand', () => {
  const demand = new Demand({ random: () => 0 });
  for (let i = 0; i < 100; i += 1) demand.offer('normal');
  for (let i = 0; i < 3; i += 1) demand.endWindow();
  assert.equal(demand.perSecond, 100);
  demand.endWindow();
  assert.equal(demand.perSecond, 0);
});

test('a class competes for what the classes above it leave, and those below it do not count', () => {
  const demand = new Demand({ random: () => 0.999_999 });
  const offer = (kind: TrafficClass, times: number) => {
    for (let i = 0; i < times; i += 1) demand.offer(kind);
  };
  offer('critical', 300);
  offer('normal', 500);
  offer('bulk', 1_000);
  assert.equal(demand.retryAfterSeconds('critical', 400), 2, '2 x 300 / 400, and 2 at least');
  assert.equal(demand.retryAfterSeconds('normal', 400), 10, '2 x 500 / (400 - 300)');
  assert.equal(
    demand.retryAfterSeconds('bulk', 400),
    30,
    'a tenth of 400 is left, so 50, and 30 at most',
  );
});
