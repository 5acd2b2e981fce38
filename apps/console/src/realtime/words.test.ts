import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesText, conditionOf, paceOf } from './words.ts';

test('a connection that takes nothing is slow, one with something unsent is behind', () => {
  assert.equal(paceOf({ slow: true, unsent: 3 }).word, 'Slow');
  assert.equal(paceOf({ slow: false, unsent: 3 }).word, '3 behind');
  assert.equal(paceOf({ slow: false, unsent: 0 }).word, 'Up to date');
});

test('a replica says first that it drains, then that it hears no events', () => {
  const node = { draining: false, feedConnected: true, slow: 0 };
  assert.equal(conditionOf(node).word, 'Serving');
  assert.equal(conditionOf({ ...node, feedConnected: false }).word, 'Event log away');
  assert.equal(conditionOf({ ...node, feedConnected: false, draining: true }).word, 'Draining');
});

test('bytes are told in the unit that fits', () => {
  assert.deepEqual([0, 1_023, 65_536, 5 * 1_024 ** 2].map(bytesText), [
    '0 B',
    '1023 B',
    '64 KB',
    '5.0 MB',
  ]);
});
