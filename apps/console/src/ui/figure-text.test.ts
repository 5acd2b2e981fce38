import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countText, durationText, listText, rateText, shareText } from './figure-text.ts';

test('a figure has as many digits as matter', () => {
  assert.deepEqual([0, 0.01, 0.44, 3, 9.94, 9.96, 412.4, 12_345].map(rateText), [
    '0',
    '< 0.1',
    '0.4',
    '3',
    '9.9',
    '10',
    '412',
    '12\u202f345',
  ]);
  assert.deepEqual([0, 1, 50.4, 999, 1_000, 2_540].map(durationText), [
    '0 ms',
    '1 ms',
    '50 ms',
    '999 ms',
    '1 s',
    '2.5 s',
  ]);
});

test('what is not quite all is never shown as all, nor what is not quite nothing as nothing', () => {
  assert.deepEqual([0, 0.0004, 0.001, 0.5, 0.9996, 1].map(shareText), [
    '0 %',
    '< 0.1 %',
    '0.1 %',
    '50 %',
    '99.9 %',
    '100 %',
  ]);
});

test('what is not known is a dash and never 0', () => {
  for (const text of [countText, rateText, shareText, durationText]) {
    assert.equal(text(undefined), '–');
  }
});

test('names are listed as people say them', () => {
  assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listText), [
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});
