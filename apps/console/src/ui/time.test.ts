import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ageText, dayNames, spanText } from './time.ts';

test('an age has one unit and is never overstated', () => {
  const ages = [-5_000, 999, 12_900, 59_999, 60_000, 3_599_000, 3_600_000, 86_399_000, 172_800_000];
  assert.deepEqual(ages.map(ageText), [
    '0 s ago',
    '0 s ago',
    '12 s ago',
    '59 s ago',
    '1 min ago',
    '59 min ago',
    '1 h ago',
    '23 h ago',
    '2 d ago',
  ]);
});

test('a range is said in the unit that people ask for it in', () => {
  const minutes = [0.25, 5, 15, 60, 360, 1_440, 10_080];
  assert.deepEqual(
    minutes.map((each) => spanText(each * 60_000)),
    ['15 s', '5 min', '15 min', '60 min', '6 h', '24 h', '7 d'],
  );
});

test('days near the present go by their names', () => {
  const nameOf = dayNames(new Date(2026, 10, 24, 0, 30).getTime());
  assert.equal(nameOf(new Date(2026, 10, 24, 0, 1).getTime()), 'Today');
  assert.equal(nameOf(new Date(2026, 10, 23, 23, 59).getTime()), 'Yesterday');
  assert.equal(nameOf(new Date(2026, 10, 22, 12).getTime()), 'Sun 22 Nov 2026');
});
