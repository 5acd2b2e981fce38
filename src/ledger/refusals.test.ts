import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresBook as open } from '../../test/books.ts';
import { assertProblem, testLedger } from './testing.ts';

test('an account that the token does not list is refused alike whether it exists or not', async () => {
  await using ledger = await testLedger(open);
  const bank = ledger.tenant();
  await bank.open('mine');
  await bank.open('theirs');
  const claims = { accounts: ['mine'] };
  for (const id of ['theirs', 'nobodys']) {
    for (const path of ['', '/balance', '/entries']) {
      const answer = await bank.get(`/ledger/accounts/${id}${path}`, { claims });
      assertProblem(answer, 403, 'forbidden');
    }
    const opened = await bank.put(`/ledger/accounts/${id}`, { currency: 'EUR' }, claims);
    assertProblem(opened, 403, 'forbidden');
  }
  assert.equal((await bank.get('/ledger/accounts/mine/balance', { claims })).status, 200);
  const stranger = { tenant: 'tnt_other' };
  const answer = await bank.get('/ledger/accounts/mine/balance', { claims: stranger });
  assertProblem(answer, 404, 'account_not_found');
});

test('each route asks for its scope', async () => {
  await using ledger = await testLedger(open);
  const bank = ledger.tenant();
  await bank.open('a');
  const refused = async (path: string, scope: string) =>
    assertProblem(await bank.get(path, { claims: { scope } }), 403, 'forbidden');
  await refused('/ledger/accounts/a/balance', 'accounts transfers ops');
  await refused('/ledger/accounts/a/entries', 'accounts transfers ops');
  await refused('/ledger/accounts/a', 'transfers ops');
  await refused('/ledger/accounts', 'transfers ops');
  await refused('/ledger/cache/stats', 'accounts balances transfers');
  const opened = await bank.put(
    '/ledger/accounts/b',
    { currency: 'EUR' },
    { scope: 'balances transfers ops' },
  );
  assertProblem(opened, 403, 'forbidden');
  assert.equal((await fetch(`${ledger.url}/ledger/accounts`)).status, 401);
});

test('pages take only limits from 1 to 200 and their own cursors', async () => {
  await using ledger = await testLedger(open);
  const bank = ledger.tenant();
  await bank.open('a');
  await bank.open('b');
  const { body } = await bank.get('/ledger/accounts?limit=1');
  for (const query of [
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=5&limit=6',
    'limit=',
    'cursor=',
    'cursor=AAAA',
    `cursor=${body.nextCursor}`,
    'unknown=1',
  ]) {
    const answer = await bank.get(`/ledger/accounts/a/entries?${query}`);
    assertProblem(answer, 400, 'invalid_request');
  }
  assert.equal((await bank.get('/ledger/accounts/a/entries?limit=200')).status, 200);
});

test('a ledger is not ready while its database holds no book', async () => {
  await using book = await open();
  await using ledger = await testLedger(async () => book);
  const readiness = async () => (await fetch(`${ledger.url}/health/ready`)).status;
  assert.equal(await readiness(), 200);
  await book.database.query('alter table accounts rename to elsewhere');
  assert.equal(await readiness(), 503);
  await book.database.query('alter table elsewhere rename to accounts');
  assert.equal(await readiness(), 200);
});
