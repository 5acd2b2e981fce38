// The payments page as an operator meets it: a live list with its filters in the address, and each payment with
// the stages of its way.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { desktop, fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';

describe('payments on the console', { timeout: 240_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    await atlas.client.open('mint', null);
    for (const account of ['acc_ada', 'acc_bola']) await atlas.client.open(account);
    for (let i = 0; i < 70; i += 1)
      await atlas.client.transfer(`coin-${i}`, 'mint', 'acc_bola', '1');
    await atlas.client.transfer('salary', 'mint', 'acc_ada', '250000', {
      narration: 'November salary',
    });
    await atlas.client.transfer('rent', 'acc_ada', 'acc_bola', '90000', { narration: 'Rent' });
    await atlas.client.transfer('yacht', 'acc_ada', 'acc_bola', '99900000');
  }, slowStart);
  after(() => resources.disposeAsync());

  const row = (page: Page, name: RegExp) => page.getByRole('row', { name });

  it('lists what was posted and refused, and slides new ones in at the top', async () => {
    await using session = await atlas.open('/transfers');
    const { page } = session;
    await row(page, /Refused acc_ada acc_bola.*999,000\.00/).waitFor();
    await row(page, /Posted mint acc_ada November salary 2,500\.00/).waitFor();
    await page.getByText('Live', { exact: true }).first().waitFor();
    await atlas.client.transfer('fresh', 'mint', 'acc_ada', '7', { narration: 'Just now' });
    await row(page, /Just now/).waitFor();
    assert.match(await page.getByRole('row').nth(2).innerText(), /Just now/);
  });

  it('is not called live while nobody answers, and is again when somebody does', async () => {
    await using session = await atlas.open('/transfers');
    const { page } = session;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^No answer since .*; asking on$/).waitFor();
    await row(page, /Rent/).waitFor();
    await page.context().setOffline(false);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('counts what comes while the reader is further down', async () => {
    await using session = await atlas.open('/transfers');
    const { page } = session;
    await row(page, /Rent/).waitFor();
    await page.locator('.split-rows').evaluate((list) => list.scrollTo(0, 1_200));
    await row(page, /Rent/).waitFor({ state: 'detached' });
    await atlas.client.transfer('meanwhile', 'mint', 'acc_ada', '8', { narration: 'Meanwhile' });
    await page.getByRole('button', { name: '1 new' }).click();
    await row(page, /Meanwhile/).waitFor();
  });

  it('is narrowed by chips that stand in the address, and a link shows the same', async () => {
    await using session = await atlas.open('/transfers?state=posted');
    const { page } = session;
    await row(page, /Rent/).waitFor();
    assert.equal(await row(page, /999,000\.00/).count(), 0);
    await page.getByRole('button', { name: 'Amount' }).click();
    await page.getByLabel('Amount', { exact: true }).fill('900');
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.getByText('Write an amount with its currency').waitFor();
    await page.getByLabel('Amount', { exact: true }).fill('900..1000 EUR');
    await page.getByRole('button', { name: 'Apply' }).click();
    await row(page, /salary/).waitFor({ state: 'detached' });
    assert.equal(new URL(page.url()).searchParams.get('amount'), '900..1000 EUR');
    await page.reload();
    await row(page, /Rent/).waitFor();
    assert.equal(await row(page, /salary/).count(), 0);
    await page.getByRole('button', { name: /^Without amount/ }).click();
    await row(page, /salary/).waitFor();
  });

  it('understands keys, accounts, amounts and narrations in one field that / leads into', async () => {
    await using session = await atlas.open('/transfers');
    const { page } = session;
    await row(page, /Rent/).waitFor();
    const parameter = (name: string) =>
      page
        .waitForURL((url) => new URL(url).searchParams.has(name))
        .then(() => {
          return new URL(page.url()).searchParams.get(name);
        });
    const search = async (text: string) => {
      await page.keyboard.press('/');
      await page.keyboard.type(text);
      await page.keyboard.press('Enter');
    };
    await search('salary');
    assert.equal(await parameter('find'), 'salary');
    await page.getByText(/^Posted /).waitFor();
    await page.keyboard.press('Escape');
    await search('acc_ada');
    assert.equal(await parameter('account'), 'acc_ada');
    await row(page, /mint acc_bola/)
      .first()
      .waitFor({ state: 'detached' });
    await search('2,500.00 EUR');
    assert.equal(await parameter('amount'), '2,500.00 EUR');
    await search('november');
    assert.equal(await parameter('narration'), 'november');
    await page.getByText(/^No key and no account is called so/).waitFor();
    await row(page, /November salary/).waitFor();
  });

  it('shows a payment with both sides, its ids, its JSON and the measured stages of its way', async () => {
    await using session = await atlas.open('/transfers');
    const { page } = session;
    const hub = atlas.client.hub();
    await hub.start();
    await hub.invoke('SubscribeBalance', 'acc_ada');
    const { entryId } = (
      await atlas.client.transfer('order-1', 'mint', 'acc_ada', '1250', { narration: 'Refund' })
    ).body;
    await row(page, /Refund/)
      .getByRole('link')
      .first()
      .click();
    const payment = page.getByRole('article', { name: 'Payment' });
    const sides = payment.getByRole('table', { name: 'Postings' });
    await sides.getByRole('row', { name: /mint.*\u221212\.50/ }).waitFor();
    await sides.getByRole('row', { name: /acc_ada.*\+12\.50/ }).waitFor();
    for (const what of ['entry id', 'key']) {
      await payment.getByRole('button', { name: `Copy the ${what}` }).waitFor();
    }
    const timeline = payment.getByRole('region', { name: 'Timeline' });
    for (const stage of ['Admitted', 'Committed', 'Cached', 'Published', 'Delivered']) {
      await timeline.getByRole('listitem').filter({ hasText: stage }).getByText(/ms$/).waitFor();
    }
    await timeline.getByText(/1 delivery/).waitFor();
    await payment.getByText('JSON', { exact: true }).click();
    const json = JSON.parse(await payment.getByLabel('JSON of the payment').innerText()) as object;
    assert.deepEqual(json, (await atlas.client.get(`/payments/transfers/${entryId}`)).body);
    await fits(page);
    await page.keyboard.press('Escape');
    await payment.waitFor({ state: 'detached' });
    await hub.stop();
  });

  it('explains a refused payment, and says of a stage why it is missing', async () => {
    await using session = await atlas.open('/transfers?find=yacht');
    const { page } = session;
    await page.getByText('Refused: no money moved').waitFor();
    await page.getByText('insufficient_funds').first().waitFor();
    await page.getByText('JSON', { exact: true }).click();
    const json = await page.getByLabel('JSON of the payment').innerText();
    const { body } = await atlas.client.get('/payments/transfers?key=yacht');
    assert.deepEqual(JSON.parse(json), body);
    await page.goto(`${atlas.gateway}/transfers?find=rent`);
    await page.getByText(/^To nobody: no screen was watching/).waitFor();
  });

  it('gives what the filters select as a file, and says that it is all', async () => {
    await using session = await atlas.open('/transfers?account=acc_ada&state=refused');
    const { page } = session;
    await row(page, /999,000\.00/).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'CSV' }).click();
    const file = await readFile(await (await downloading).path(), 'utf8');
    const lines = file.trimEnd().split('\r\n');
    assert.equal(lines.length, 2);
    assert.match(lines[1]!, /,refused,insufficient_funds,,yacht,acc_ada,acc_bola,EUR,999000\.00,/);
    await page.getByText('The file has the one payment that is selected.').waitFor();
  });

  it('moves by j and k and opens by Enter', async () => {
    await using session = await atlas.open('/transfers?account=acc_ada&state=refused');
    const { page } = session;
    await row(page, /999,000\.00/).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByText('Refused: no money moved').waitFor();
  });

  it('says what to do where nothing is there, or a filter cannot be read', async () => {
    await using session = await atlas.open('/transfers?narration=nowhere');
    const { page } = session;
    await page.getByText('No payment is selected by these filters.').waitFor();
    await fits(page);
    await page.goto(`${atlas.gateway}/transfers?amount=much`);
    await page.getByText('A filter of this address cannot be read.').waitFor();
    await fits(page);
  });

  it('cuts a long account id on a phone, and keeps its button beside the version', async () => {
    const long = 'msisdn::1202555010001';
    await atlas.client.open(long);
    await atlas.client.transfer('long-id', 'mint', long, '5');
    await using session = await atlas.open('/transfers?find=long-id', phone);
    const { page } = session;
    const row = page.getByRole('table', { name: 'Postings' }).getByRole('row', { name: long });
    const button = (await row.getByRole('button').boundingBox())!;
    const cell = (await row.getByRole('cell').first().boundingBox())!;
    assert.ok(button.x + button.width <= cell.x + cell.width);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`is readable by everyone on a ${name} in ${colorScheme}, and never wider than the screen`, async () => {
        await using session = await atlas.open('/transfers', { ...screen, colorScheme });
        const { page } = session;
        await row(page, /Rent/).waitFor();
        await fits(page);
        await page.goto(`${atlas.gateway}/transfers?find=rent`);
        await page.getByRole('region', { name: 'Timeline' }).getByText('Delivered').waitFor();
        await fits(page);
        await page.goto(`${atlas.gateway}/transfers?find=yacht`);
        await page.getByText('insufficient_funds').first().waitFor();
        await fits(page);
      });
    }
  }
});
