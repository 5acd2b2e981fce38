import AsyncStorage from '@react-native-async-storage/async-storage';
import { AtlasError, type Receipt, type Transfer } from '@atlas/client';
import { limits } from '../limits.ts';
import { storage } from '../storage.ts';
import { claims } from '../testing.tsx';
import { createOutbox, type OutboxParts } from './outbox.ts';

const draft: Transfer = {
  sourceAccountId: 'ada',
  destinationAccountId: 'bola',
  minor: 9_007_199_254_740_993n,
  currency: 'EUR',
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
const unreachable = new AtlasError({ code: 'unreachable', status: 0, title: '', detail: '' });

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function opened(post: OutboxParts['post']) {
  let keys = 0;
  return createOutbox({ post, newKey: () => `key-${++keys}`, storage, claims });
}

beforeEach(() => AsyncStorage.clear());

test('a transfer is pending until it is heard of, and then has its receipt', async () => {
  const outbox = opened(async () => receipt);
  outbox.send(draft);
  expect(outbox.read().map(({ state }) => state.step)).toEqual(['sending']);
  await settled();
  expect(outbox.read()[0]?.state).toMatchObject({ step: 'posted', receipt });
});

test('its key is kept before anything is sent, and every retry repeats it', async () => {
  const sent: [string | undefined, readonly string[]][] = [];
  const outbox = opened(async (_, { key }) => {
    sent.push([key, await AsyncStorage.getAllKeys()]);
    throw unreachable;
  });
  const key = outbox.send(draft)!;
  await settled();
  outbox.retry(key);
  await settled();
  outbox.retryAll();
  await settled();
  const slots = ['atlas.open-transfer/tnt_test/ada/key-1'];
  expect(sent).toEqual(Array.from({ length: 3 }, () => ['key-1', slots]));
  expect(outbox.read()[0]?.state.step).toBe('unknown');
});

test('what was open when the app was killed is there again, and waits for the person', async () => {
  opened(() => Promise.reject(unreachable)).send(draft);
  await settled();
  const asked: (string | undefined)[] = [];
  const outbox = opened(async (transfer, { key }) => {
    asked.push(key);
    expect(transfer).toEqual(draft);
    return { ...receipt, replayed: true };
  });
  await settled();
  outbox.retryAll();
  await settled();
  expect([outbox.read().map(({ state }) => state.step), asked]).toEqual([['unknown'], []]);
  outbox.retry('key-1');
  await settled();
  expect(asked).toEqual(['key-1']);
  expect(outbox.read()[0]?.state).toMatchObject({ step: 'posted', receipt: { replayed: true } });
  expect(await AsyncStorage.getAllKeys()).toEqual([]);
});

test('open transfers outlive a sign-out; balances and choices do not', async () => {
  opened(() => Promise.reject(unreachable)).send(draft);
  await storage.save('atlas.balance.1/tnt_test/ada/ada', '{}');
  await settled();
  await storage.forget();
  expect(await AsyncStorage.getAllKeys()).toEqual(['atlas.open-transfer/tnt_test/ada/key-1']);
});

test('no more than so many may be open', () => {
  const outbox = opened(() => new Promise(() => undefined));
  for (let sent = 0; sent < limits.openTransfersMax; sent++) {
    expect(outbox.send(draft)).toBeDefined();
  }
  expect(outbox.send(draft)).toBeUndefined();
});
