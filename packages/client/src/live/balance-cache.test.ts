import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readBalance } from '../models.ts';
import { handClock, settled } from '../testing.ts';
import { createTokens } from '../tokens.ts';
import { createBalanceCache } from './balance-cache.ts';

const tokenOf = (sub: string) =>
  `h.${btoa(JSON.stringify({ tenant: 'tnt_demo', sub, exp: 2_000_000_000 }))}.s`;
const balance = readBalance({
  accountId: 'acc_1',
  currency: 'EUR',
  availableMinor: '5',
  pendingMinor: '0',
  bookedMinor: '5',
  version: 1,
  updatedAt: '2026-11-24T02:00:00.000Z',
});

test('a balance is kept for the user it was shown to, whoever has signed in by then', async () => {
  const kept = new Map<string, string>();
  let token = tokenOf('ada');
  const cache = createBalanceCache({
    cache: { load: (key) => kept.get(key), save: (key, text) => kept.set(key, text) },
    tokens: createTokens(() => token),
    clock: handClock(),
  });
  assert.equal(await cache.load('acc_1'), undefined);
  token = tokenOf('bola');
  cache.save({ balance, asOfMs: 1 });
  cache.flush();
  await settled();
  assert.deepEqual([...kept.keys()], ['atlas.balance.1/tnt_demo/ada/acc_1']);
});
