import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseEffectiveAt } from './effective-at.ts';

test('dates and date-times become one canonical instant, in UTC where no zone is given', () => {
  for (const [text, wanted] of [
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T10:30', '2026-11-24T10:30:00.000Z'],
    ['2026-11-24 10:30:15', '2026-11-24T10:30:15.000Z'],
    ['2026-11-24T10:30:15.123456789Z', '2026-11-24T10:30:15.123Z'],
    ['2026-11-24T10:30:15.5+01:00', '2026-11-24T09:30:15.500Z'],
    ['2026-11-24T00:30:00-0530', '2026-11-24T06:00:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['0099-12-31', '0099-12-31T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ] as const) {
    assert.equal(parseEffectiveAt(text), wanted, text);
  }
});

test('what does not exist, or is not ISO 8601, is refused', () => {
  for (const text of [
    '',
    'now',
    '2026',
    '2026-11',
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '2026-11-24T24:00',
    '2026-11-24T10:60',
    '2026-11-24T10:30:60',
    '2026-11-24T10',
    '2026-11-24T10:30+24:00',
    '2026-11-24+01:00',
    '24/11/2026',
    'Tue, 24 Nov 2026 10:30:00 GMT',
    '0000-01-01',
    '0001-01-01T00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+010000-01-01',
    '-000001-01-01',
    '2026-11-24T10:30Z\n',
    '2026-11-24T10:30:00.Z',
  ]) {
    assert.equal(parseEffectiveAt(text), undefined, text);
  }
});

test('every instant is read back from its own spelling', () => {
  const years = {
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
  };
  fc.assert(
    fc.property(fc.date({ ...years, noInvalidDate: true }), (date) => {
      assert.equal(parseEffectiveAt(date.toISOString()), date.toISOString());
    }),
  );
});
