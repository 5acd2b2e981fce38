import { fireEvent, screen, waitFor } from '@testing-library/react-native';
import { keepEntries } from '../home/kept-entries.ts';
import { balance, claims, live, renderSignedIn } from '../testing.tsx';
import { press } from './amount-pad.tsx';
import { SendScreen } from './send-screen.tsx';

const button = (name: string) => screen.getByRole('button', { name });
const tap = (name: string) => fireEvent.press(button(name));

test('to whom, how much, a last look: then it is sent once, and not before', async () => {
  const post = jest.fn(() => new Promise<never>(() => undefined));
  const onSent = jest.fn();
  renderSignedIn(
    <SendScreen accountId="ada" prefill={undefined} onSent={onSent} onBack={jest.fn()} />,
    { post },
  );
  fireEvent.changeText(screen.getByLabelText('To account'), ' bola ');
  tap('Next');
  for (const key of ['1', '2', 'Decimal point', '5']) tap(key);
  screen.getByLabelText('Amount: 12.5 EUR');
  tap('Next');
  screen.getByText('Nothing is added or taken off: they get exactly this amount.');
  expect(post).not.toHaveBeenCalled();
  tap('Send 12.50 EUR');
  expect(onSent).toHaveBeenCalledWith('key-1');
  await waitFor(() => expect(post).toHaveBeenCalledTimes(1));
  expect(post).toHaveBeenCalledWith(
    { sourceAccountId: 'ada', destinationAccountId: 'bola', minor: 1_250n, currency: 'EUR' },
    expect.objectContaining({ key: 'key-1' }),
  );
});

test('somebody of lately is one tap away from the amount', async () => {
  const entry = {
    entryId: 'e1',
    version: 1,
    amountMinor: -1_250n,
    balanceAfterMinor: 0n,
    counterpartyAccountId: 'chidi',
    narration: null,
    effectiveAt: null,
    postedAt: '2026-11-25T14:00:00.000Z',
  };
  keepEntries(claims, 'ada', [entry]);
  renderSignedIn(
    <SendScreen accountId="ada" prefill={undefined} onSent={jest.fn()} onBack={jest.fn()} />,
  );
  fireEvent.press(await screen.findByRole('button', { name: 'chidi' }));
  screen.getByRole('heading', { name: 'chidi' });
  screen.getByLabelText('Amount: 0 EUR');
});

test('the own account is no recipient, and nothing is no amount', () => {
  renderSignedIn(
    <SendScreen accountId="ada" prefill={undefined} onSent={jest.fn()} onBack={jest.fn()} />,
  );
  fireEvent.changeText(screen.getByLabelText('To account'), 'ada');
  tap('Next');
  screen.getByText('That is this account. Choose another recipient.');
  fireEvent.changeText(screen.getByLabelText('To account'), 'bola');
  tap('Next');
  tap('Next');
  screen.getByText('Enter an amount.');
});

test('a link fills it in, and leaves the last look to the person', () => {
  const prefill = { to: 'bola', minor: 4_200n, currency: 'EUR', note: 'Lunch' };
  renderSignedIn(
    <SendScreen accountId="ada" prefill={prefill} onSent={jest.fn()} onBack={jest.fn()} />,
  );
  screen.getByText('Filled in by a link. Check it before you send.');
  screen.getByLabelText('Amount: 42.00 EUR');
  tap('Next');
  button('Send 42.00 EUR');
});

test('an amount in another currency is not taken for one in this', () => {
  const prefill = { to: 'bola', minor: 4_200n, currency: 'NGN' };
  renderSignedIn(
    <SendScreen accountId="ada" prefill={prefill} onSent={jest.fn()} onBack={jest.fn()} />,
  );
  screen.getByText('The link asks for NGN, which this account is not in.');
  screen.getByLabelText('Amount: 0 EUR');
});

test('an account in yen has no decimal point to press', () => {
  renderSignedIn(
    <SendScreen accountId="ada" prefill={{ to: 'bola' }} onSent={jest.fn()} onBack={jest.fn()} />,
    { value: { ...live, balance: { ...balance, currency: 'JPY' } } },
  );
  for (const key of ['1', '5']) tap(key);
  screen.getByLabelText('Amount: 15 JPY');
  expect(screen.queryByRole('button', { name: 'Decimal point' })).toBeNull();
});

test('without a balance there is no currency to send in', () => {
  renderSignedIn(
    <SendScreen accountId="ada" prefill={{ to: 'bola' }} onSent={jest.fn()} onBack={jest.fn()} />,
    { value: { ...live, balance: undefined, freshness: 'updating' } },
  );
  screen.getByText('Available: Not known yet');
  expect(screen.queryByRole('button', { name: 'Next' })).toBeNull();
});

test('the pad takes what makes an amount of its currency, and nothing else', () => {
  const typed = (keys: string, currency: string) =>
    keys.split('').reduce((text, key) => press(text, key, currency), '');
  expect(typed('12.345', 'EUR')).toBe('12.34');
  expect(typed('12.345', 'KWD')).toBe('12.345');
  expect(typed('12.5', 'JPY')).toBe('125');
  expect(typed('.5', 'EUR')).toBe('0.5');
  expect(typed('007', 'EUR')).toBe('7');
  expect(typed('1..2⌫⌫', 'EUR')).toBe('1');
});
