import type { ConnectionState } from '@atlas/client';
import { act, fireEvent, screen } from '@testing-library/react-native';
import { StyleSheet } from 'react-native';
import { balance, live, renderSignedIn } from '../testing.tsx';
import { Balance } from './balance.tsx';

const offline: ConnectionState = {
  phase: 'offline',
  sinceMs: 0,
  reason: { code: 'unreachable', message: '' },
};
const colorOf = (text: string) => StyleSheet.flatten(screen.getByText(text).props['style']).color;

async function show(value = live, connection?: ConnectionState, hidden = false) {
  const onToggle = jest.fn();
  renderSignedIn(<Balance live={value} onToggle={onToggle} />, {
    value,
    hidden,
    ...(connection && { connection }),
  });
  // The device is asked whether things should stand still.
  await act(async () => undefined);
  return onToggle;
}

test('a live balance is one number, its currency, its state and its version', async () => {
  await show();
  for (const text of ['1,250.50 EUR', 'Live', 'v7']) screen.getByText(text);
});

test('what is not known is said to be unknown, and never 0', async () => {
  await show({ ...live, balance: undefined, freshness: 'updating' });
  screen.getByText('Not known yet');
  expect(screen.queryByText(/\d/)).toBeNull();
});

test('an old balance stays in sight, greyed, with its age', async () => {
  await show();
  const bright = colorOf('1,250.50 EUR');
  screen.unmount();
  await show({ ...live, freshness: 'stale', asOfMs: Date.now() - 12_000 }, offline);
  expect(colorOf('1,250.50 EUR')).not.toBe(bright);
  screen.getByText(/^Offline · as of \d\d:\d\d$/);
  screen.getByText(/^12 s ago · v7$/);
});

test('a tap hides the number, from the screen reader as well', async () => {
  const onToggle = await show();
  fireEvent.press(screen.getByRole('button', { name: '1,250.50 EUR. Hide the balance' }));
  expect(onToggle).toHaveBeenCalledTimes(1);
  screen.unmount();
  await show(live, undefined, true);
  screen.getByRole('button', { name: 'EUR. Show the balance' });
  expect(screen.queryByText(/1,250/)).toBeNull();
});

test('what is reserved stands beside what is booked', async () => {
  await show({ ...live, balance: { ...balance, pendingMinor: 5_000n, bookedMinor: 130_050n } });
  screen.getByText('Booked 1,300.50 EUR · Reserved 50.00 EUR');
});
