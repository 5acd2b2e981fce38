import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestTimeoutMs } from './request-timeout.ts';

const read = (given: string | undefined) =>
  requestTimeoutMs(given === undefined ? {} : { 'request-timeout': given });

test('a caller’s time is read in seconds and their parts, and is a day at most', () => {
  assert.equal(read(undefined), undefined);
  assert.equal(read('2'), 2_000);
  assert.equal(read('0.25'), 250);
  assert.equal(read('0'), 0);
  assert.equal(read('999999999'), 86_400_000);
});

test('what is no time is told from what is not said', () => {
  for (const given of ['', '-1', '1e3', '2s', '.5', '1,5', 'Infinity', '1234567890']) {
    assert.ok(Number.isNaN(read(given)), given);
  }
});
