import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Entry } from '@atlas/client';
import { balanceLine, drawnMax } from './balance-line.ts';

const entry = (version: number, balanceAfterMinor: bigint, second = version): Entry => ({
  entryId: `e${version}`,
  version,
  amountMinor: 1n,
  balanceAfterMinor,
  counterpartyAccountId: 'acc_2',
  narration: null,
  effectiveAt: null,
  postedAt: new Date(Date.UTC(2026, 10, 25, 14, 0, second)).toISOString(),
});

test('the line steps from entry to entry, oldest on the left, highest on top', () => {
  const newestFirst = [entry(3, 50n, 10), entry(2, 200n, 5), entry(1, 100n, 0)];
  const line = balanceLine(newestFirst, 100, 30);
  assert.equal(line?.path, 'M0 20H0V20H50V0H100V30');
  assert.deepEqual([line?.lowestMinor, line?.highestMinor], [50n, 200n]);
  assert.equal(line?.since, '2026-11-25T14:00:00.000Z');
});

test('balances that a float cannot tell apart stand at different heights', () => {
  const large = 2n ** 53n;
  const line = balanceLine([entry(2, large + 1n), entry(1, large)], 10, 10);
  assert.equal(line?.path, 'M0 10H0V10H10V0');
});

test('a balance that never changed is a line in the middle, and a single entry is none', () => {
  assert.equal(balanceLine([entry(2, 5n), entry(1, 5n)], 10, 10)?.path, 'M0 5H0V5H10V5');
  assert.equal(balanceLine([entry(1, 5n)], 10, 10), undefined);
  assert.equal(balanceLine([], 10, 10), undefined);
});

test('entries of one moment stand beside each other, and no more are drawn than can be seen', () => {
  assert.equal(balanceLine([entry(2, 1n, 0), entry(1, 0n, 0)], 10, 10)?.path, 'M0 10H0V10H10V0');
  const many = Array.from({ length: 500 }, (_, i) => entry(500 - i, BigInt(500 - i)));
  const line = balanceLine(many, 100, 10);
  assert.equal(line?.lowestMinor, BigInt(500 - drawnMax + 1));
});
