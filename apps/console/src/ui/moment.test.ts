import assert from 'node:assert/strict';
import { test } from 'node:test';
import { momentOf } from './moment.ts';

test('a moment is typed as a date, with a time or without, and is UTC', () => {
  for (const [typed, iso] of [
    ['2026-11-25', '2026-11-25T00:00:00.000Z'],
    ['2026-11-25 14:00', '2026-11-25T14:00:00.000Z'],
    ['2026-11-25 14:00 UTC', '2026-11-25T14:00:00.000Z'],
    ['2026-11-25T14:00:05.250Z', '2026-11-25T14:00:05.250Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ] as const) {
    assert.equal(momentOf(typed), iso, typed);
  }
  for (const typed of [
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-31',
    '25.11.2026',
    '2026-11-25 25:00',
  ]) {
    assert.equal(momentOf(typed), undefined, typed);
  }
});
