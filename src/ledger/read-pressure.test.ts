import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresBook as open } from '../../test/books.ts';
import type { Database, Statement } from '../engines/database.ts';
import { feelPressure } from '../platform/pressure/own-pressure.ts';
import { standStill, startCallers } from '../platform/pressure/testing.ts';
import { calm, feeling } from '../platform/testing.ts';
import { testLedger, type TestTenant } from './testing.ts';

const balance = '/ledger/accounts/a/balance';
const statsOf = async (bank: TestTenant) => (await bank.get('/ledger/load-shedding/stats')).body;

test('a loop that stays late refuses reads before a token is looked at, the audit record first, and lets go again', async () => {
  let lag = 0;
  await using ledger = await testLedger(open, { feel: feeling(() => lag) });
  const bank = ledger.tenant();
  await bank.open('a');
  const bulk = { authorization: `Bearer ${await bank.token({ traffic: 'bulk' })}` };
  const asBulk = async () => (await fetch(ledger.url + balance, { headers: bulk })).status;
  // A token is known from its first use on.
  assert.equal(await asBulk(), 200);
  lag = 1_000;
  while ((await statsOf(bank)).pressure.degree < 1) await new Promise(setImmediate);
  // Until the pressure came one more had room.
  await bank.get('/ledger/audit');
  const nobody = await fetch(`${ledger.url}/ledger/audit`);
  assert.equal(nobody.status, 503);
  assert.match(nobody.headers.get('retry-after')!, /^[1-4]$/);
  const answers: number[] = [];
  for (let i = 0; i < 100; i += 1) answers.push((await bank.get(balance)).status);
  const passed = answers.filter((status) => status === 200).length;
  assert.ok(passed === 10 || passed === 11, `${passed}: one in ten`);
  const bulkAnswers = [];
  for (let i = 0; i < 20; i += 1) bulkAnswers.push(await asBulk());
  assert.ok(
    bulkAnswers.filter((status) => status === 200).length <= 1,
    `${bulkAnswers.join()}: none`,
  );
  assert.equal((await fetch(`${ledger.url}/health/live`)).status, 200);
  const { shed, pressure } = await statsOf(bank);
  assert.ok(shed.balance.pressure >= 89 && shed.audit.pressure === 1);
  assert.deepEqual(pressure.loop, { value: 1_000, limit: 100, over: true });
  assert.equal(pressure.admittedPart.audit, 0);
  const metrics = await (await fetch(`${ledger.url}/metrics`)).text();
  assert.match(metrics, /^atlas_ledger_shed_total\{route="audit",reason="pressure"\} 1$/m);
  assert.match(metrics, /^atlas_ledger_pressure_ratio 1$/m);
  lag = 0;
  while ((await statsOf(bank)).pressure.degree > 0) await new Promise(setImmediate);
  for (let i = 0; i < 20; i += 1) assert.equal((await bank.get(balance)).status, 200);
});

test('a line of statements that does not get shorter lets fewer in, and neither balances nor openings suffer', async () => {
  const wrap = (database: Database): Database => ({
    ...database,
    query: (statement, values) =>
      (statement as Statement).name === 'ledger-entries'
        ? database.transaction(async (connection) => {
            await connection.query('select pg_sleep(0.3)');
            return connection.query(statement, values);
          })
        : database.query(statement, values),
  });
  await using ledger = await testLedger(open, { database: wrap });
  const bank = ledger.tenant();
  await bank.open('a');
  const entries = () => bank.get('/ledger/accounts/a/entries');
  // As fast as they are answered, or refused, others come.
  let asking = true;
  const crowd = Array.from({ length: 24 }, async () => {
    while (asking) await entries();
  });
  while ((await statsOf(bank)).shed.entries.pressure === 0) {
    assert.equal((await bank.get(balance)).status, 200);
    assert.equal((await bank.open('a')).status, 200);
  }
  const { shed, pressure } = await statsOf(bank);
  assert.equal(pressure.degree, 0, 'the process has time');
  assert.ok(pressure.waits.entries.limit === 0.5 && pressure.admittedPart.entries < 1);
  assert.deepEqual([shed.balance.pressure, shed.accounts.pressure], [0, 0]);
  asking = false;
  await Promise.all(crowd);
});

test('a really blocked loop causes no refusals of reads after it', async () => {
  const settings = { ATLAS_LEDGER_REQUESTS: '8' };
  const shedAfterPause = async (feel: typeof feelPressure) => {
    await using ledger = await testLedger(open, { feel, settings });
    const bank = ledger.tenant();
    await bank.open('a');
    await using callers = startCallers({
      url: `${ledger.url}/ledger/accounts/a/entries`,
      method: 'GET',
      headers: { authorization: `Bearer ${await bank.token()}` },
    });
    // So that their connections are open.
    await callers.send(16);
    const meanwhile = callers.send(16);
    standStill(2_000);
    return (await meanwhile).filter((status) => status !== 200).length;
  };
  assert.equal(await shedAfterPause(feelPressure), 0);
  // The control: a ledger that does not feel that it stood still.
  assert.ok((await shedAfterPause(calm)) > 0);
});
