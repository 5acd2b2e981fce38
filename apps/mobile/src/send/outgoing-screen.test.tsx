import { AtlasError, type Receipt } from '@atlas/client';
import { act, fireEvent, screen } from '@testing-library/react-native';
import { Share } from 'react-native';
import { renderSignedIn } from '../testing.tsx';
import type { OutboxParts } from './outbox.ts';
import { OutgoingScreen } from './outgoing-screen.tsx';

const draft = {
  sourceAccountId: 'ada',
  destinationAccountId: 'bola',
  minor: 1_250n,
  currency: 'EUR',
  narration: 'Lunch',
};
const receipt: Receipt = {
  key: 'key-1',
  replayed: false,
  status: 'posted',
  entryId: 'e1',
  source: { version: 8 },
  destination: { version: 1 },
  postedAt: '2026-11-25T14:00:00.000Z',
};
const failing = (code: 'unreachable' | 'insufficient_funds', status: number) =>
  new AtlasError({ code, status, title: 'The available balance is too low', detail: '' });

async function sent(post: OutboxParts['post']) {
  const { session } = renderSignedIn(<OutgoingScreen transferKey="key-1" onDone={jest.fn()} />, {
    post,
  });
  await act(async () => {
    session.outbox.send(draft);
    await new Promise<void>((resolve) => setImmediate(resolve));
  });
  return session;
}

test('a receipt says what, to whom and under which key, and can be shared', async () => {
  await sent(async () => receipt);
  screen.getByText('Receipt');
  for (const text of ['12.50 EUR', 'bola', 'Lunch', 'e1', 'key-1']) screen.getByText(text);
  const share = jest.spyOn(Share, 'share').mockResolvedValue({ action: 'sharedAction' });
  fireEvent.press(screen.getByRole('button', { name: 'Share' }));
  expect(share.mock.calls[0]?.[0]).toMatchObject({
    message: expect.stringMatching(/^Sent 12\.50 EUR\nTo account: bola\n[^]*Key: key-1$/),
  });
});

test('no answer is said to be none; trying again repeats the key and says that it was sent', async () => {
  const keys: (string | undefined)[] = [];
  await sent(async (_, { key }) => {
    keys.push(key);
    if (keys.length === 1) throw failing('unreachable', 0);
    return { ...receipt, replayed: true };
  });
  screen.getByText('Not confirmed');
  screen.getByText('No answer came: it may have been sent. Trying again sends nothing twice.');
  await act(async () => {
    fireEvent.press(screen.getByRole('button', { name: 'Try again' }));
    await new Promise<void>((resolve) => setImmediate(resolve));
  });
  screen.getByText('Already sent: the money moved once, with the first try.');
  expect(keys).toEqual(['key-1', 'key-1']);
});

test('a refusal says why and what to do, offers no retry, and is off the list once it is seen', async () => {
  const session = await sent(() => Promise.reject(failing('insufficient_funds', 409)));
  screen.getByText('The available balance is too low. Send less, or wait until there is more.');
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  fireEvent.press(screen.getByRole('button', { name: 'Done' }));
  expect(session.outbox.read()).toEqual([]);
});
