import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from './token-bucket.ts';

function bucketAt(clock: { ms: number }) {
  return new TokenBucket({ perSecond: 400, burst: 800, nowMs: () => clock.ms });
}

function takeAll(bucket: TokenBucket): number {
  let taken = 0;
  while (bucket.take()) taken += 1;
  return taken;
}

test('a full bucket gives its burst at once and then its rate', () => {
  const clock = { ms: 0 };
  const bucket = bucketAt(clock);
  assert.equal(takeAll(bucket), 800);
  clock.ms += 1_000;
  assert.equal(takeAll(bucket), 400);
});

test('parts of a token add up over many short times', () => {
  const clock = { ms: 0 };
  const bucket = bucketAt(clock);
  takeAll(bucket);
  let taken = 0;
  for (let i = 0; i < 1_000; i += 1) {
    clock.ms += 1;
    taken += takeAll(bucket);
  }
  assert.ok(taken >= 399 && taken <= 400, `${taken}`);
});

test('a quiet hour fills no more than the burst', () => {
  const clock = { ms: 0 };
  const bucket = bucketAt(clock);
  takeAll(bucket);
  clock.ms += 3_600_000;
  assert.equal(takeAll(bucket), 800);
});

test('an empty bucket refuses without going into debt', () => {
  const clock = { ms: 0 };
  const bucket = bucketAt(clock);
  takeAll(bucket);
  for (let i = 0; i < 1_000; i += 1) assert.equal(bucket.take(), false);
  clock.ms += 2.5;
  assert.equal(bucket.take(), true);
});
