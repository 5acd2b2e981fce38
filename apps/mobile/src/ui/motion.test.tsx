import { act, screen } from '@testing-library/react-native';
import { AccessibilityInfo, ActivityIndicator } from 'react-native';
import { balance, live, renderSignedIn } from '../testing.tsx';
import { AccountsScreen } from '../home/accounts-screen.tsx';
import { Balance } from '../home/balance.tsx';
import { Button } from './button.tsx';
import { glowMs } from './glow.tsx';

const asked = jest.spyOn(AccessibilityInfo, 'isReduceMotionEnabled');
const settled = () => act(async () => undefined);

/** What is seen as the balance goes from 1,250.50 to 2,250.50, at each frame. */
async function seenWhileItChanges(): Promise<string[]> {
  jest.useFakeTimers();
  const { rerender } = renderSignedIn(<Balance live={live} onToggle={jest.fn()} />);
  await settled();
  const next = { ...live, balance: { ...balance, availableMinor: 225_050n, version: 8 } };
  rerender(<Balance live={next} onToggle={jest.fn()} />);
  const seen: string[] = [];
  for (let frame = 0; frame < 20; frame += 1) {
    seen.push(String(screen.getByTestId('balance').props['children'][0]));
    act(() => jest.advanceTimersByTime(16));
  }
  jest.useRealTimers();
  return [...new Set(seen)];
}

test('a balance that changes runs to its new value', async () => {
  asked.mockResolvedValue(false);
  const seen = await seenWhileItChanges();
  expect(seen.length).toBeGreaterThan(5);
  expect([seen[0], seen.at(-1)]).toEqual(['1,250.50', '2,250.50']);
});

/** Of a list of accounts: whether it glows as it opens, after a change, and when the glow is over. */
async function glowsOfAccounts(): Promise<boolean[]> {
  jest.useFakeTimers();
  const list = (
    <AccountsScreen
      accounts={{ ids: ['ada'], hasMore: false, trouble: undefined }}
      onChoose={jest.fn()}
      onBack={jest.fn()}
    />
  );
  const { show } = renderSignedIn(list);
  const glows: boolean[] = [];
  const look = async () => {
    await settled();
    glows.push(screen.queryByTestId('glow') !== null);
  };
  await look();
  act(() => show({ ...live, balance: { ...balance, version: 8 } }));
  await look();
  act(() => jest.advanceTimersByTime(glowMs));
  await look();
  jest.useRealTimers();
  return glows;
}

test('a row that has changed glows once, and not where things are to stand still', async () => {
  asked.mockResolvedValue(false);
  expect(await glowsOfAccounts()).toEqual([false, true, false]);
  screen.unmount();
  asked.mockResolvedValue(true);
  expect(await glowsOfAccounts()).toEqual([false, false, false]);
  screen.unmount();
});

test('where things are to stand still it is there at once, and nothing turns', async () => {
  asked.mockResolvedValue(true);
  expect(await seenWhileItChanges()).toEqual(['2,250.50']);
  screen.unmount();
  renderSignedIn(<Button text="Sign in" onPress={jest.fn()} busy />);
  await settled();
  expect(screen.UNSAFE_queryByType(ActivityIndicator)).toBeNull();
  expect(screen.getByRole('button', { name: 'Sign in' })).toBeBusy();
});
