import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresBook as open } from '../../test/books.ts';
import type { Database, Statement } from '../engines/database.ts';
import { assertProblem, testLedger, type TestTenant } from './testing.ts';

/** A book whose statements take a minute. */
function slowBook() {
  let book: Database;
  return {
    wrap: (database: Database): Database => {
      book = database;
      return {
        ...database,
        query: (statement, values, signal) =>
          (statement as Statement).name === 'ledger-entries'
            ? database.query('select pg_sleep(60)', [], signal)
            : database.query(statement, values, signal),
      };
    },
    sleeping: async () => {
      const rows = await book.query(
        "select 1 from pg_stat_activity where state = 'active' and query = 'select pg_sleep(60)'",
      );
      return rows.length;
    },
  };
}

const entries = '/ledger/accounts/a/entries';
const wall = async (bank: TestTenant) =>
  (await bank.get('/ledger/load-shedding/stats')).body.reads.statements;

test('a statement whose caller has gone, or is out of time, is cancelled in the database, and its place is free', async () => {
  const { wrap, sleeping } = slowBook();
  await using ledger = await testLedger(open, { database: wrap });
  const bank = ledger.tenant();
  await bank.open('a');
  const headers = { authorization: `Bearer ${await bank.token()}` };
  const caller = new AbortController();
  const asked = fetch(ledger.url + entries, { headers, signal: caller.signal });
  while ((await sleeping()) === 0);
  assert.equal((await wall(bank)).running, 1);
  caller.abort();
  await assert.rejects(asked, { name: 'AbortError' });
  while ((await sleeping()) > 0);
  while ((await wall(bank)).running > 0);

  const late = await bank.get(entries, { headers: { 'request-timeout': '0.2' } });
  assertProblem(late, 503, 'overloaded');
  assert.match(late.headers.get('retry-after')!, /^\d+$/);
  while ((await sleeping()) > 0);
  while ((await wall(bank)).running > 0);

  const started = performance.now();
  assertProblem(await bank.get(entries), 503, 'unavailable');
  assert.ok(performance.now() - started < 30_000, 'by the time of the wall');
  while ((await sleeping()) > 0);
  const { running, refused, breaker } = await wall(bank);
  assert.deepEqual([running, refused.stuck, breaker], [0, 0, 'closed']);
  const metrics = await (await fetch(`${ledger.url}/metrics`)).text();
  assert.match(
    metrics,
    /^atlas_ledger_dependency_dropped_total\{dependency="book_statements"\} 2$/m,
  );

  assertProblem(
    await bank.get(entries, { headers: { 'request-timeout': 'soon' } }),
    400,
    'invalid_request',
  );
  assertProblem(
    await bank.get(entries, { headers: { 'request-timeout': '0' } }),
    503,
    'overloaded',
  );
  assert.equal((await bank.get('/ledger/accounts/a')).status, 200);
});

test('a connection whose statement was cancelled is used again, and nothing of the cancelling meets what comes next', async () => {
  await using book = await open();
  const pids = new Set<number>();
  for (let i = 0; i < 20; i += 1) {
    const ending = new AbortController();
    const asked = book.database.query('select pg_sleep(60)', [], ending.signal);
    setImmediate(() => ending.abort(new Error('gone')));
    await assert.rejects(asked, /nobody waits|gone/);
    const [row] = await book.database.query<{ pid: number }>('select pg_backend_pid() as pid');
    pids.add(row!.pid);
  }
  assert.equal(pids.size, 1);
});
