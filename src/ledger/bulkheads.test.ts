import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresBook as open } from '../../test/books.ts';
import type { Database, Statement } from '../engines/database.ts';
import { readLimits } from './read-guards.ts';
import { assertProblem, testLedger } from './testing.ts';

/** A database whose listings of accounts wait for `held`, each on a connection of its own as they do. */
function slowListings(held: Promise<unknown>) {
  const waiting = { listings: 0 };
  const wrap = (database: Database): Database => ({
    ...database,
    query: (statement, values) =>
      (statement as Statement).name === 'ledger-accounts'
        ? database.transaction(async (connection) => {
            waiting.listings += 1;
            await held;
            return connection.query(statement, values);
          })
        : database.query(statement, values),
  });
  return { wrap, waiting };
}

test('of four connections or more each kind has one, and one at least is left to balances', () => {
  for (let connections = 1; connections <= 64; connections += 1) {
    const { balances, ...others } = readLimits(connections);
    assert.equal(balances.atOnceMax, connections);
    const taken = Object.values(others).reduce((sum, { atOnceMax }) => sum + atOnceMax, 0);
    assert.ok(Object.values(others).every(({ atOnceMax }) => atOnceMax >= 1));
    if (connections >= 4) assert.ok(taken < connections, `${taken} of ${connections}`);
  }
});

test('a flood of listings that hang takes neither balances nor statements nor the audit with it', async () => {
  const held = Promise.withResolvers<void>();
  const { wrap, waiting } = slowListings(held.promise);
  await using ledger = await testLedger(open, { database: wrap });
  const bank = ledger.tenant();
  await bank.open('a');
  const { atOnceMax, waitingMax } = readLimits(8).accounts;
  const flood = Array.from({ length: atOnceMax + waitingMax + 50 }, () =>
    bank.get('/ledger/accounts'),
  );
  // Those beyond the waiting room hear at once; the others' places are all taken then.
  const first = await Promise.race(flood);
  assertProblem(first, 503, 'overloaded');
  assert.match(first.headers.get('retry-after')!, /^[1-4]$/);
  assert.equal(waiting.listings, atOnceMax);
  for (const path of [
    '/ledger/accounts/a/balance',
    '/ledger/accounts/a/entries',
    '/ledger/audit',
  ]) {
    assert.equal((await bank.get(path)).status, 200, path);
  }
  const metrics = await (await fetch(`${ledger.url}/metrics`)).text();
  assert.match(
    metrics,
    /^atlas_ledger_dependency_refused_total\{dependency="book_accounts",reason="full"\} [1-9]/m,
  );
  held.resolve();
  for (const { status } of await Promise.all(flood)) assert.ok(status === 200 || status === 503);
  assert.equal((await bank.get('/ledger/accounts')).status, 200);
});
