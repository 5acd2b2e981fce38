import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../src/commands/demo/random.ts';
import { zipf } from './zipf.ts';

function drawn(count: number, skew: number, draws: number): number[] {
  const next = zipf({ count, skew }, seededRandom(11));
  const times = Array.from({ length: count }, () => 0);
  for (let draw = 0; draw < draws; draw += 1) times[next()]! += 1;
  return times;
}

test('at skew 1 the second is half as popular as the first, the tenth a tenth', () => {
  const times = drawn(10_000, 1, 400_000);
  const harmonic = Array.from({ length: 10_000 }, (_, rank) => 1 / (rank + 1)).reduce(
    (a, b) => a + b,
  );
  for (const rank of [1, 2, 10, 50]) {
    const expected = 400_000 / rank / harmonic;
    assert.ok(Math.abs(times[rank - 1]! - expected) < 5 * Math.sqrt(expected), `rank ${rank}`);
  }
});

test('at skew 0 all are alike, and no rank is outside', () => {
  const times = drawn(100, 0, 200_000);
  assert.equal(
    times.reduce((a, b) => a + b),
    200_000,
  );
  for (const count of times) assert.ok(Math.abs(count - 2_000) < 250, String(count));
});

test('the same seed asks for the same accounts', () => {
  assert.deepEqual(drawn(1_000, 0.8, 5_000), drawn(1_000, 0.8, 5_000));
});
