// A bank statement goes in through `atlas import`, and our balance after every row is the bank's.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { demoCommand } from '../src/commands/demo.ts';
import { seededRandom } from '../src/commands/demo/random.ts';
import { importCommand } from '../src/commands/import.ts';
import { readSettings } from '../src/platform/settings.ts';
import { columns, startSystem, type Client } from './system.ts';

const rowsCount = 2_300;

/** A statement of one account with many others, below zero too, and the balance after each row. */
function statement() {
  const random = seededRandom(11);
  const rows: string[] = [];
  const balances: string[] = [];
  let balance = 0n;
  for (let row = 0; row < rowsCount; row += 1) {
    const other = `cp:${Math.floor(random() * 40)}`;
    const minor = BigInt(1 + Math.floor(random() * 1_000_000));
    const isIncome = random() < 0.48;
    balance += isIncome ? minor : -minor;
    const [source, destination] = isIncome ? [other, 'bank'] : ['bank', other];
    rows.push(`row-${row},${source},${destination},${minor},EUR,"Row ${row}, card",2026-01-02`);
    balances.push(String(balance));
  }
  return { rows, balances };
}

async function balancesAfterEachRow(client: Client): Promise<string[]> {
  const balances: string[] = [];
  let cursor: string | null = null;
  do {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await client.get(`/ledger/accounts/bank/entries?limit=200${after}`);
    for (const item of body.items) balances.push(item.balanceAfterMinor);
    cursor = body.nextCursor;
  } while (cursor !== null && cursor !== undefined);
  return balances.toReversed();
}

for (const column of columns) {
  describe(`commands on ${column[0]}`, () => {
    it("import keeps the bank's balance at every row, and moves nothing twice", async () => {
      await using system = await startSystem(column);
      const folder = await mkdtemp(join(tmpdir(), 'atlas-statement-'));
      const [transfers, accounts] = [join(folder, 'transfers.csv'), join(folder, 'accounts.csv')];
      const { rows, balances } = statement();
      await writeFile(
        transfers,
        `key,source,destination,minor,currency,narration,time\n${rows.join('\n')}\n`,
      );
      const ids = ['bank', ...Array.from({ length: 40 }, (_, i) => `cp:${i}`)];
      await writeFile(
        accounts,
        `accountId,currency,minimumMinor\n${ids.map((id) => `${id},EUR,\n`).join('')}`,
      );
      const settings = readSettings({
        ATLAS_URL: system.urls.gateway,
        ATLAS_TOKEN: await system.token(),
      });
      assert.equal(await importCommand.run([transfers, '--accounts', accounts], settings), 0);
      assert(balances.some((balance) => balance.startsWith('-')));
      const client = await system.client();
      assert.deepEqual(await balancesAfterEachRow(client), balances);
      assert.equal(await importCommand.run([transfers, '--accounts', accounts], settings), 0);
      assert.equal((await balancesAfterEachRow(client)).length, rowsCount);
      await rm(folder, { recursive: true });
    });

    it('demo opens its town and pays', async () => {
      await using system = await startSystem(column);
      const settings = readSettings({
        ATLAS_URL: system.urls.gateway,
        ATLAS_TOKEN: await system.token(),
      });
      assert.equal(await demoCommand.run(['--rate', '50', '--seconds', '1'], settings), 0);
      const client = await system.client();
      const { body } = await client.get('/ledger/accounts/town:mint:EUR/balance');
      assert.equal(body.version, 32);
      const shop = await client.get('/ledger/accounts?prefix=town:bakery&limit=10');
      assert.equal(shop.body.items.length, 3);
    });
  });
}
