import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { TransferBody } from '../../contracts/transfers.ts';
import { pauseMs, seededRandom } from './random.ts';
import { nextPayment, townAccounts } from './town.ts';

const payments = (seed: number, count: number) => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => nextPayment(random));
};

test('the same seed makes the same payments, another seed others', () => {
  assert.deepEqual(payments(1, 50), payments(1, 50));
  assert.notDeepEqual(payments(1, 50), payments(2, 50));
});

test('every payment is one that the API takes, between two open accounts of its currency', () => {
  const body = Compile(TransferBody);
  const currencies = new Map(townAccounts.map((account) => [account.accountId, account.currency]));
  assert.equal(currencies.size, townAccounts.length);
  for (const payment of payments(3, 5_000)) {
    assert(body.Check(payment), JSON.stringify(payment));
    assert.notEqual(payment.sourceAccountId, payment.destinationAccountId);
    assert.equal(currencies.get(payment.sourceAccountId), payment.currency);
    assert.equal(currencies.get(payment.destinationAccountId), payment.currency);
  }
});

test('the money goes round: most payments can be paid even after a long time', () => {
  const balances = new Map(
    townAccounts.map(({ accountId, openingMinor }) => [accountId, openingMinor]),
  );
  let refused = 0;
  for (const [at, { sourceAccountId, destinationAccountId, minor }] of payments(
    4,
    100_000,
  ).entries()) {
    const left = balances.get(sourceAccountId)! - Number(minor);
    const isRefused = left < 0;
    if (isRefused && at >= 90_000) refused += 1;
    if (isRefused) continue;
    balances.set(sourceAccountId, left);
    balances.set(destinationAccountId, balances.get(destinationAccountId)! + Number(minor));
  }
  assert(refused > 0 && refused < 1_000, `${refused} of 10000`);
});

test('arrivals come at their rate on average', () => {
  const random = seededRandom(7);
  const pauses = Array.from({ length: 20_000 }, () => pauseMs(random, 20));
  const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length;
  assert(Math.abs(mean - 50) < 2, String(mean));
});
