import type { Entry } from '@atlas/client';
import { feedDays, searchEntries } from './feed-days.ts';

const entry = (version: number, postedAt: string, more: Partial<Entry> = {}): Entry => ({
  entryId: `e${version}`,
  version,
  amountMinor: -1_250n,
  balanceAfterMinor: 0n,
  counterpartyAccountId: 'bola',
  narration: null,
  effectiveAt: null,
  postedAt,
  ...more,
});

test('entries stand under their days, in the order in which they came', () => {
  const rows = [
    entry(3, '2026-11-25T14:00:00'),
    entry(2, '2026-11-25T09:00:00'),
    entry(1, '2026-11-24T23:59:59'),
  ];
  const days = feedDays(rows, Date.parse('2026-11-25T15:00:00'));
  expect(days.map(({ title, data }) => [title, data.map(({ version }) => version)])).toEqual([
    ['Today', [3, 2]],
    ['Yesterday', [1]],
  ]);
});

test('a search finds who, what for and how much, in any case', () => {
  const rows = [
    entry(3, '2026-11-25', { narration: 'Lunch' }),
    entry(2, '2026-11-25', { counterpartyAccountId: 'acc_Chidi' }),
    entry(1, '2026-11-25', { amountMinor: -199_900n }),
  ];
  const found = (text: string) => searchEntries(rows, text, 'EUR').map(({ version }) => version);
  expect([found('LUNCH'), found('chidi'), found('-1999'), found('  '), found('nobody')]).toEqual([
    [3],
    [2],
    [1],
    [3, 2, 1],
    [],
  ]);
});
