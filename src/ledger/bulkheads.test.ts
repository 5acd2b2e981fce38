import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresBook as open } from '../../test/books.ts';
import { exchange, openConnection } from '../../test/fuzz/raw-http.ts';
import type { Database, Statement } from '../engines/database.ts';
import { readLimits } from './read-guards.ts';
import { assertProblem, testLedger } from './testing.ts';

/** A database whose listings of accounts wait to be released, each on its connection. */
function slowListings() {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
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
  return { wrap, waiting, release, [Symbol.dispose]: release };
}

test('of five connections or more each kind has one, and one at least is left to balances', () => {
  for (let connections = 1; connections <= 64; connections += 1) {
    const { balances, ...others } = readLimits(connections);
    assert.equal(balances.atOnceMax, connections);
    const taken = Object.values(others).reduce((sum, { atOnceMax }) => sum + atOnceMax, 0);
    assert.ok(Object.values(others).every(({ atOnceMax }) => atOnceMax >= 1));
    if (connections >= 5) assert.ok(taken < connections, `${taken} of ${connections}`);
  }
});

test('a flood of listings that hang takes neither balances nor statements nor the audit with it', async () => {
  const slow = slowListings();
  const { wrap, waiting } = slow;
  await using ledger = await testLedger(open, { database: wrap });
  // Before the ledger, whose end waits for what is under way.
  using _released = slow;
  const bank = ledger.tenant();
  await bank.open('a');
  const { atOnceMax, waitingMax } = readLimits(8).accounts;
  const flood = Array.from({ length: atOnceMax + waitingMax + 50 }, () =>
    bank.get('/ledger/accounts'),
  );
  // Whatever fails first ends the ledger under them, and is what is to be heard.
  const answered = Promise.allSettled(flood);
  while (waiting.listings < atOnceMax) await new Promise(setImmediate);
  for (const path of [
    '/ledger/accounts/a/balance',
    '/ledger/accounts/a/entries',
    '/ledger/audit',
  ]) {
    assert.equal((await bank.get(path)).status, 200, path);
  }
  assert.equal(waiting.listings, atOnceMax);
  const refused = await Promise.race(flood);
  assert.equal(refused.status, 503);
  assert.match(refused.headers.get('retry-after')!, /^[1-4]$/);
  slow.release();
  for (const answer of await answered) {
    assert.ok(answer.status === 'fulfilled' && [200, 503].includes(answer.value.status));
  }
  while ((await bank.get('/ledger/accounts')).status !== 200);
});

test('beyond its requests the ledger refuses before it looks at a token, but for health and statistics', async () => {
  await using ledger = await testLedger(open, { settings: { ATLAS_LEDGER_REQUESTS: '2' } });
  const bank = ledger.tenant();
  await bank.open('a');
  const stats = async () => (await bank.get('/ledger/load-shedding/stats')).body;
  // Whose bodies do not come: they are under way.
  const head = [
    'PUT /ledger/accounts/b HTTP/1.1',
    'host: a',
    `authorization: Bearer ${await bank.token()}`,
    'content-type: application/json',
    'content-length: 100',
  ].join('\r\n');
  const two = [await openConnection(ledger.url), await openConnection(ledger.url)];
  for (const { socket } of two) socket.write(`${head}\r\n\r\n`);
  while ((await stats()).inFlight < 2);
  const nobody = await fetch(`${ledger.url}/ledger/accounts/a/balance`);
  assert.equal(nobody.status, 503);
  assert.equal(((await nobody.json()) as { code: string }).code, 'overloaded');
  assert.match(nobody.headers.get('retry-after')!, /^[1-4]$/);
  const origin = 'http://localhost:3000';
  const browser = await bank.get('/ledger/accounts/a/entries', { headers: { origin } });
  assertProblem(browser, 503, 'overloaded');
  assert.equal(browser.headers.get('access-control-allow-origin'), origin);
  assert.equal((await fetch(`${ledger.url}/health/live`)).status, 200);
  // The router takes more than one spelling of a path.
  for (const target of ['/ledger/account%73/a', 'http://a/ledger/audi%74']) {
    const request = { method: 'GET', target, headers: [['host', 'a']] as const };
    assert.equal((await exchange(ledger.url, request)).status, 503, target);
  }
  const { inFlight, inFlightLimit, shed, reads } = await stats();
  assert.deepEqual([inFlight, inFlightLimit], [2, 2]);
  const counted = [shed.balance, shed.entries, shed.accounts, shed.audit];
  assert.deepEqual(
    counted.map(({ inFlight: refused }) => refused),
    [1, 1, 2, 0],
  );
  assert.deepEqual([reads.accounts.runningMax, reads.accounts.breaker], [2, 'closed']);
  const claims = { scope: 'balances' };
  assertProblem(await bank.get('/ledger/load-shedding/stats', { claims }), 403, 'forbidden');
  const metrics = await (await fetch(`${ledger.url}/metrics`)).text();
  assert.match(metrics, /^atlas_ledger_shed_total\{route="balance",reason="inFlight"\} 1$/m);
  for (const { socket } of two) socket.destroy();
  while ((await bank.get('/ledger/accounts/a/balance')).status !== 200);
});
