// The console's accounts in a real Chromium, with more entries than a page of the API, and amounts that no
// float can hold.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { parse } from 'csv-parse/sync';
import { currencyCodes, decimalsOf } from '../src/contracts/currencies.ts';
import { slowStart, startConsole, type TestConsole } from './console.ts';

/** More than three pages of the API. */
const entries = 620;
const beyondFloats = 2n ** 53n + 1n;
const shownBeyondFloats: Readonly<Record<number, string>> = {
  0: '9,007,199,254,740,993',
  2: '90,071,992,547,409.93',
  3: '9,007,199,254,740.993',
  4: '900,719,925,474.0993',
};

/** All whose decimals are not two, and some of the others; the table of all has a test of its own. */
const shownCurrencies = currencyCodes.filter(
  (code) => decimalsOf(code) !== 2 || ['EUR', 'NGN', 'RSD'].includes(code),
);
/** Has room for a row of each. */
const tall = { viewport: { width: 1280, height: 1_400 } };

describe('the accounts of the console', { timeout: 240_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    await atlas.client.open('mint', null);
    for (const account of ['busy', 'new', 'acc_1', 'acc_2']) await atlas.client.open(account);
    await pay('busy', entries);
    for (let row = 10; row < 80; row += 1) await atlas.client.open(`row_${row}`);
    await openCurrencies();
  }, slowStart);
  after(() => resources.disposeAsync());

  it('shows all entries with the balance after each, and keeps only those in sight in the page', async () => {
    await using session = await atlas.open('/accounts/busy');
    const { page } = session;
    const table = page.getByRole('table', { name: 'Entries' });
    const first = table.getByRole('row', { name: /Order 0/ });
    await table.getByRole('row', { name: /Order 619/ }).waitFor();
    await table.hover();
    while ((await first.count()) === 0) await page.mouse.wheel(0, 2_000);
    await page.getByText('The first entry of this account.').waitFor();
    assert.match(await first.innerText(), /\+1\.00\s+1\.00/);
    const rows = Number(await table.getAttribute('aria-rowcount'));
    assert.ok(rows > entries, String(rows));
    assert.ok((await table.getByRole('row').count()) < 80);
    const { balanceAfterMinor } = await newest('busy');
    assert.equal(balanceAfterMinor, String(total(entries)));
  });

  it('gives all entries as a file that a spreadsheet reads, in major units', async () => {
    await using session = await atlas.open('/accounts/busy');
    const { page } = session;
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    assert.equal(file.suggestedFilename(), 'entries-busy.csv');
    const rows: Record<string, string>[] = parse(await readFile(await file.path()), {
      columns: true,
    });
    assert.equal(rows.length, entries);
    const [top] = rows;
    const { entryId, postedAt } = await newest('busy');
    assert.deepEqual(
      [top!['entryId'], top!['postedAt'], top!['counterpartyAccountId']],
      [entryId, postedAt, 'mint'],
    );
    assert.deepEqual(
      [top!['version'], top!['narration'], top!['currency'], top!['amount']],
      [String(entries), `Order ${entries - 1}`, 'EUR', '7.19'],
    );
    assert.equal(rows.at(-1)!['balanceAfter'], '1.00');
  });

  it('draws the balance over its last entries, and says it in words', async () => {
    await using session = await atlas.open('/accounts/acc_1');
    const { page } = session;
    await page.getByText('No entries yet.').waitFor();
    await pay('acc_1', 2);
    await page.getByRole('img', { name: /lowest 1\.00 EUR, highest 2\.01 EUR/ }).waitFor();
    await pay('acc_1', 3);
    await page.getByRole('img', { name: /lowest 1\.00 EUR, highest 3\.03 EUR/ }).waitFor();
  });

  it('keeps booked, pending and available apart', async () => {
    await using session = await atlas.open('/accounts/busy');
    const parts = session.page.getByLabel('Balance').locator('dl');
    await parts.getByText(/\d/).first().waitFor();
    assert.deepEqual(await parts.locator('dt').allInnerTexts(), [
      'Available',
      'Pending',
      'Booked',
      'Lower limit',
    ]);
  });

  it('never shows a balance beside the version of another, where motion is not wanted', async () => {
    await using session = await atlas.open('/accounts/acc_2', { reducedMotion: 'reduce' });
    const { page } = session;
    await page.getByText('No entries yet.').waitFor();
    await page.evaluate(noteBalances);
    for (let count = 1; count <= 5; count += 1) {
      await pay('acc_2', count);
      await page.getByText(`· v${count}`, { exact: true }).waitFor();
    }
    const noted = await page.evaluate<[version: number, text: string][]>('noted');
    assert.deepEqual(noted.at(-1), [5, '5.10']);
    for (const [version, text] of noted) {
      assert.equal(text, (total(version) / 100).toFixed(2), `at v${version}`);
    }
  });

  it('shows currencies with their own decimals, in amounts that a float cannot hold', async () => {
    await using session = await atlas.open('/accounts?prefix=full_', tall);
    const { page } = session;
    const table = page.getByRole('table', { name: 'Accounts' });
    for (const code of shownCurrencies) {
      const row = table.getByRole('row', { name: new RegExp(`full_${code}`) });
      await row.getByText(`${shownBeyondFloats[decimalsOf(code)!]} ${code}`).waitFor();
    }
  });

  it('opens what an address names: a filter, the way to send, the form of a new account', async () => {
    await using filtered = await atlas.open('/accounts?prefix=acc_');
    const links = filtered.page.getByRole('table', { name: 'Accounts' }).getByRole('link');
    await links.nth(1).waitFor();
    assert.equal(await links.count(), 2);
    await using sending = await atlas.open('/accounts/busy/send');
    await sending.page.getByLabel('To account').waitFor();
    await using opening = await atlas.open('/accounts?new=account');
    await opening.page.getByRole('dialog', { name: 'New account' }).waitFor();
    await opening.page.keyboard.press('Escape');
    await opening.page.waitForURL(/\/accounts$/);
  });

  it('lists an account that is opened elsewhere while somebody looks', async () => {
    await using session = await atlas.open('/accounts?prefix=later_');
    const { page } = session;
    await page.getByText('No account id begins with “later_”.').waitFor();
    await atlas.client.open('later_1');
    await page.getByRole('link', { name: 'later_1' }).waitFor();
  });

  it('is not called live while the list has no answer, though its balances come, and is again with one', async () => {
    await using session = await atlas.open('/accounts?prefix=new');
    const { page } = session;
    await page.getByText('Live', { exact: true }).waitFor();
    const list = /\/ledger\/accounts\?/;
    await page.route(list, () => undefined);
    // Five seconds until the next question, and four for its answer.
    await page.getByText(/^No answer since .*; asking on$/).waitFor({ timeout: 30_000 });
    await atlas.client.transfer('during', 'mint', 'new', '5000');
    await page.getByRole('row', { name: /^new .*50\.00/ }).waitFor();
    await page.unroute(list);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('shows of a new prefix what it knows already, and says nothing of the others before it has asked', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('link', { name: 'acc_1' }).waitFor();
    await page.route(/\/ledger\/accounts\?/, () => undefined);
    const filter = page.getByLabel('Accounts whose id begins with');
    await filter.fill('acc_');
    await page.getByRole('link', { name: 'busy' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'acc_1' }).waitFor();
    await filter.fill('zebra');
    await page.getByRole('link', { name: 'acc_1' }).waitFor({ state: 'detached' });
    await page.locator('.skeleton:visible').first().waitFor();
    await page.getByText('unreachable').waitFor();
    assert.equal(await page.getByText('No account id begins with').count(), 0);
  });

  it('moves by j and k past the rows that are in the page', async () => {
    await using session = await atlas.open('/accounts?prefix=row_');
    const { page } = session;
    await page.getByRole('link', { name: 'row_10' }).waitFor();
    for (let i = 0; i < 60; i += 1) await page.keyboard.press('j');
    await focused(page, 'row_69');
    await page.keyboard.press('k');
    await focused(page, 'row_68');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'row_68' }).waitFor();
  });

  /** Amounts of 1.00, 1.01 and so on. */
  async function pay(to: string, count: number): Promise<void> {
    const transfers = Array.from({ length: count }, (_, i) => ({
      key: `${to}-${i}`,
      sourceAccountId: 'mint',
      destinationAccountId: to,
      minor: String(100 + i),
      currency: 'EUR',
      narration: `Order ${i}`,
    }));
    const answer = await atlas.client.send('POST', '/payments/transfers/batch', { transfers });
    assert.equal(answer.status, 200);
  }

  async function openCurrencies(): Promise<void> {
    for (const code of shownCurrencies) {
      await atlas.client.open(`from_${code}`, null, code);
      await atlas.client.open(`full_${code}`, '0', code);
    }
    const transfers = shownCurrencies.map((code) => ({
      key: `full-${code}`,
      sourceAccountId: `from_${code}`,
      destinationAccountId: `full_${code}`,
      minor: String(beyondFloats),
      currency: code,
    }));
    await atlas.client.send('POST', '/payments/transfers/batch', { transfers });
  }

  async function newest(account: string) {
    return (await atlas.client.get(`/ledger/accounts/${account}/entries?limit=1`)).body.items[0];
  }
});

function total(count: number): number {
  return Array.from({ length: count }, (_, i) => 100 + i).reduce((sum, each) => sum + each, 0);
}

/** The open balance with its version, after each change of the page. */
const noteBalances = `
  noted = [];
  new MutationObserver(() => {
    const version = /v([0-9]+)/.exec(document.querySelector('.account .state').textContent);
    const text = document.querySelector('.balance-value .amount').firstChild.textContent;
    noted.push([Number(version[1]), text.trim()]);
  }).observe(document.querySelector('.account'), { subtree: true, childList: true, characterData: true });
`;

async function focused(page: Page, text: string): Promise<void> {
  await page.locator(':focus').filter({ hasText: text }).waitFor();
}
