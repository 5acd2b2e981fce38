import type { ConnectionState, LiveBalance } from '@atlas/client';
import { connected, live } from './testing.tsx';
import { ageText, dayText, stateWords, timeText } from './words.ts';

const asOfMs = new Date().setHours(14, 3, 0, 0);
const away = (phase: ConnectionState['phase'], code = 'unreachable'): ConnectionState => ({
  phase,
  sinceMs: 0,
  reason: { code, message: '' },
});
const old = (freshness: LiveBalance['freshness']): LiveBalance => ({ ...live, freshness, asOfMs });

test('only a balance that is live is called live', () => {
  expect(stateWords(live, connected, true)).toEqual({ tone: 'good', text: 'Live' });
  const freshnesses = ['updating', 'reconnecting', 'stale', 'refused'] as const;
  for (const freshness of freshnesses) {
    const { tone, text } = stateWords(old(freshness), connected, true);
    expect(tone).not.toBe('good');
    expect(text).not.toMatch(/live/i);
  }
});

test('what is not live says from when it is', () => {
  expect(stateWords(old('reconnecting'), away('reconnecting'), true).text).toBe(
    'Reconnecting… · as of 14:03',
  );
  expect(stateWords(old('stale'), away('offline'), true).text).toBe('Offline · as of 14:03');
  expect(stateWords(old('stale'), away('paused'), true).text).toBe('Paused · as of 14:03');
  const earlier = { ...old('stale'), asOfMs: Date.parse('2026-11-23T14:03:00') };
  expect(stateWords(earlier, away('offline'), true).text).toBe(
    'Offline · as of 23 Nov 2026, 14:03',
  );
});

test('nothing known yet has no time and is no balance of nothing', () => {
  const unknown = { ...live, balance: undefined, freshness: 'updating' } as const;
  expect(stateWords(unknown, away('connecting'), true).text).toBe('Connecting…');
});

test('each way to be offline says what to do', () => {
  const advice = (connection: ConnectionState, hasNetwork = true) =>
    stateWords(old('stale'), connection, hasNetwork).advice;
  expect(advice(away('offline'), false)).toMatch(/no network/);
  expect(advice(away('offline', 'intercepted'))).toMatch(/sign in to it first/);
  expect(advice(away('offline'))).toMatch(/does not answer/);
  expect(advice(away('ended', 'unauthenticated'))).toMatch(/Sign in again/);
});

test('times and ages are whole, and never overstated', () => {
  expect(timeText('2026-11-25T09:05:59')).toBe('09:05');
  expect([59_999, 60_000, 3_599_999, 86_400_000].map(ageText)).toEqual([
    '59 s ago',
    '1 min ago',
    '59 min ago',
    '1 d ago',
  ]);
  const nowMs = Date.parse('2026-11-25T00:30:00');
  const days = ['2026-11-25T00:10:00', '2026-11-24T23:00:00', '2026-11-23T12:00:00'];
  expect(days.map((at) => dayText(at, nowMs))).toEqual([
    'Today',
    'Yesterday',
    'Monday, 23 Nov 2026',
  ]);
});
