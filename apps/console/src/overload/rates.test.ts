import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perSecond, rateLately, riseLately } from './rates.ts';

const samplesOf = (...pairs: [atMs: number, count: number][]) =>
  pairs.map(([atMs, value]) => ({ atMs, value }));
const itself = (count: number) => count;

test('a rate is the rise of a counter over the time that it took', () => {
  const samples = samplesOf([0, 100], [1_000, 140], [3_000, 200]);
  assert.deepEqual(perSecond(samples, itself), [undefined, 40, 30]);
  assert.equal(rateLately(samples, itself), 100 / 3);
  assert.equal(riseLately(samples, itself, 10_000), 100);
});

test('nothing is said across a gap, over a restart, or of a single sample', () => {
  const samples = samplesOf([0, 100], [60_000, 900], [61_000, 10], [62_000, 12]);
  assert.deepEqual(perSecond(samples, itself), [undefined, undefined, undefined, 2]);
  assert.equal(rateLately(samplesOf([0, 100], [1_000, 7]), itself), undefined);
  assert.equal(rateLately(samplesOf([0, 100]), itself), undefined);
  assert.equal(riseLately(samplesOf([0, 100], [1_000, 7]), itself, 10_000), 0);
});

test('only the last seconds count for what happens lately', () => {
  const samples = samplesOf([0, 0], [10_000, 5_000], [14_000, 5_008]);
  assert.equal(rateLately(samples, itself, 5_000), 2);
  assert.equal(riseLately(samples, itself, 5_000), 8);
});
