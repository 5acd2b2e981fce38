// The console's audit page in a real Chromium, over the record that every role really writes.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { desktop, fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';
import { type Client } from './system.ts';

const records = 130;

describe('the audit page', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;
  let operator: Client;

  before(async () => {
    atlas = await startConsole(resources);
    operator = await atlas.system.client({ subject: 'warden' });
    await operator.open('acc_ada', null);
    for (let number = 1; number <= records; number += 1) await endSessions(`guest-${number}`);
  }, slowStart);
  after(() => resources.disposeAsync());

  const open = (path: string, options?: BrowserContextOptions) =>
    atlas.open(path, options, { subject: 'op' });

  async function endSessions(subject: string): Promise<void> {
    const { status } = await operator.send('DELETE', `/sessions?subject=${subject}`);
    assert.equal(status, 204);
  }

  /** Nobody but the warden ends sessions, so that what others do changes nothing here. */
  const ofWarden = '/audit?subject=warden&action=session.revoke';
  const rows = (page: Page) => page.getByRole('row', { name: /Ended sessions/ });

  it('brings what happens to the top while somebody watches, and holds it back further down', async () => {
    await using session = await open(ofWarden);
    const { page } = session;
    await rows(page).first().waitFor();
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    const before = await countOf(page);
    await endSessions('newcomer');
    await page.locator(`[aria-rowcount="${before + 1}"]`).waitFor();
    await page.mouse.move(400, 500);
    await page.mouse.wheel(0, 1_500);
    await endSessions('latecomer');
    await page.getByRole('button', { name: '1 new' }).click();
    await page.locator(`[aria-rowcount="${before + 2}"]`).waitFor();
  });

  it('goes on to older records as far as they are kept', async () => {
    await using session = await open(ofWarden);
    const { page } = session;
    await rows(page).first().waitFor();
    await page.mouse.move(400, 500);
    const last = page.getByText('The first record that is kept.');
    for (let turn = 0; turn < 50 && !(await last.isVisible()); turn += 1) {
      await page.mouse.wheel(0, 2_000);
      await rows(page).last().waitFor();
    }
    await last.waitFor();
    assert.ok((await countOf(page)) > records);
  });

  it('asks by who, what, account and time, all of them in the address', async () => {
    await using session = await open('/audit');
    const { page } = session;
    await page.getByRole('button', { name: 'Who' }).click();
    await page.getByLabel('Who').last().fill('warden');
    await page.keyboard.press('Enter');
    await rows(page).first().waitFor();
    assert.equal(page.url(), `${atlas.gateway}/audit?subject=warden`);
    await page.getByRole('button', { name: 'What' }).click();
    await page.getByRole('button', { name: 'Read this record' }).click();
    await page.getByText('No record fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('button', { name: 'Before' }).click();
    await page.getByLabel('Before').last().fill('yesterday');
    await page.keyboard.press('Enter');
    await page.getByText('Write a day, as in 2026-11-25').waitFor();
    await page.getByLabel('Before').last().fill('2020-01-01');
    await page.keyboard.press('Enter');
    await page.getByText('No record fits these filters.').waitFor();
    assert.equal(page.url(), `${atlas.gateway}/audit?to=2020-01-01`);
    await page.goto(`${atlas.gateway}/audit?from=last+week`);
    await page.getByText('Since “last week”: Write a day').waitFor();
    assert.equal(await page.getByRole('button', { name: 'CSV' }).count(), 0);
    await page.goto(`${atlas.gateway}/audit?account=acc_ada&from=2020-01-01`);
    await page.getByText('No record fits these filters.').waitFor();
  });

  it('shows one record whole beside the list, also by its link alone', async () => {
    await using session = await open(ofWarden);
    const { page } = session;
    await rows(page).last().getByRole('link').click();
    const detail = page.getByRole('article', { name: 'Record' });
    await detail
      .getByText(/(guest-\d+|newcomer|latecomer)$/)
      .first()
      .waitFor();
    await detail.getByText('JSON', { exact: true }).click();
    await detail.getByText('"session.revoke"').waitFor();
    await fits(page);
    const { pathname } = new URL(page.url());
    await page.goto(`${atlas.gateway}${pathname}?subject=nobody`);
    await detail.getByText('warden').first().waitFor();
    await detail.getByRole('link', { name: 'All that they did' }).click();
    await page.waitForURL(`${atlas.gateway}/audit?subject=warden`);
    await page.goto(`${atlas.gateway}/audit/01990000-0000-7000-8000-000000000000`);
    await page.getByText('There is no such record.').waitFor();
  });

  it('gives all that the filters find as a file', async () => {
    await using session = await open(ofWarden);
    const { page } = session;
    await rows(page).first().waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    assert.match(download.suggestedFilename(), /^audit-.*\.csv$/);
    const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
    assert.match(lines[0]!, /^at,subject,session,action,outcome,code,/);
    assert.ok(lines.length > records);
    assert.ok(lines.slice(1).every((line) => /,warden,.*,session\.revoke,Done,/.test(line)));
  });

  it('keeps what is known while the ledger does not answer, and says since when', async () => {
    await using session = await open(ofWarden);
    const { page } = session;
    await rows(page).first().waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^No answer since \d\d:\d\d:\d\d; asking on$/).waitFor();
    assert.ok((await rows(page).count()) > 0);
    await page.context().setOffline(false);
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`is readable by everyone on a ${name} in ${colorScheme}, and never wider than the screen`, async () => {
        // What others do meanwhile would push the rows out of sight.
        await using session = await open(ofWarden, { ...screen, colorScheme });
        const { page } = session;
        await rows(page).first().waitFor();
        await fits(page);
        await rows(page).first().getByRole('link').click();
        await page.getByRole('article').getByText('Record id').waitFor();
        await fits(page);
      });
    }
  }
});

/** Rows of the list, in sight or not. */
async function countOf(page: Page): Promise<number> {
  const table = page.getByRole('table', { name: 'Audit record' });
  return Number(await table.getAttribute('aria-rowcount'));
}
