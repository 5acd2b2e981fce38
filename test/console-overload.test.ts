// The console's overload page in a real Chromium: a real overload, a real outage, and who may see them.
// Payments runs by itself behind the gateway, so that it can go away and come back alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { consoleOf, desktop, fits, phone, slowStart, type TestConsole } from './console.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { startSystem, type Client, type Column, type Environment, type System } from './system.ts';

/** So little that a handful of requests is an overload. */
const tiny = {
  LS_RATE_PER_SEC: '1',
  LS_BURST: '20',
  LS_CLIENT_RATE_PER_SEC: '1',
  LS_CLIENT_BURST: '8',
  LS_IN_FLIGHT_START: '256',
};

describe('the overload page', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;
  let payments: System;
  let startPayments: (environment?: Environment) => Promise<System>;

  before(async () => {
    const { folder } = resources.use(await embeddedFolder());
    const column: Column = ['embedded engines', () => Promise.resolve({ ATLAS_DATA: folder })];
    const book = resources.use(
      await startSystem(
        column,
        { ATLAS_LEDGER_REQUESTS: '4', ATLAS_HUB_CONNECTIONS_PER_USER: '3' },
        new Set(['core', 'ledger', 'realtime'] as const),
      ),
    );
    const { core, ledger, realtime } = book.urls;
    startPayments = (environment = {}) =>
      startSystem(
        column,
        { LEDGER_INTERNAL: core, ...tiny, ...environment },
        new Set(['payments'] as const),
      );
    payments = await startPayments();
    resources.defer(() => payments[Symbol.asyncDispose]());
    const addresses = {
      LEDGER_INTERNAL: core,
      LEDGER_URL: ledger,
      REALTIME_URL: realtime,
      PAYMENTS_URL: payments.urls.payments,
    };
    atlas = await consoleOf(resources, (dist) =>
      startSystem(column, addresses, new Set(['gateway'] as const), dist),
    );
    for (const account of ['mint', 'shop']) await atlas.client.open(account, null);
  }, slowStart);
  after(() => resources.disposeAsync());

  const open = (options?: BrowserContextOptions, scope = 'transfers balances accounts ops') =>
    atlas.open('/overload', options, { scope });
  const clientOf = (subject: string) => atlas.system.client({ subject });

  it('says live that nothing is refused, and then who is, by class and reason, and why', async () => {
    await using session = await open();
    const { page } = session;
    await panel(page, 'Transfers').getByText('Live', { exact: true }).waitFor();
    await page.getByText('Nothing is refused').waitFor();
    await page.getByText('20 of 20 tokens left, no pressure').waitFor();

    const greedy = await clientOf('greedy');
    const answers = await transfers(greedy, 20);
    assert.ok(answers.includes(429), String(answers));
    for (const subject of ['ann', 'ben', 'cid']) await transfers(await clientOf(subject), 8);
    const bulk = await greedy.send('POST', '/payments/transfers/batch', { transfers: [one('b')] });
    assert.equal(bulk.status, 503);

    await page.getByText(/^Refused by: .*ceiling.*client quota/).waitFor();
    await page
      .getByText(/The ceiling admits 1 a second for this replica; \d+ of 20 tokens are left/)
      .waitFor();
    await page.getByText(/1 bulk in the last 10 s/).waitFor();
    await page.getByText(/clients? ha(s|ve) nothing left of 1 requests a second/).waitFor();
    const { shed } = (await greedy.get('/payments/load-shedding/stats')).body;
    assert.ok(shed.normal.rate > 0 && shed.normal.quota > 0 && shed.bulk.rate > 0);
    const refusals = page.getByRole('table', { name: 'By class and reason' });
    await total(refusals, 'Ceiling', [shed.normal.rate, shed.bulk.rate]);
    await total(refusals, 'Client quota', [shed.normal.quota]);
    const chart = page.getByRole('figure', { name: 'Transfer requests per second' });
    await chart.getByRole('row', { name: /^Refused/ }).waitFor();
    assert.notEqual(await most(chart, 'Refused'), '0');
  });

  it('says the same in a table by time, for those who cannot see a picture', async () => {
    await using session = await open();
    const { page } = session;
    const chart = page.getByRole('figure', { name: 'Tokens under the ceiling' });
    await chart.getByText('By time').press('Enter');
    const rows = chart.getByRole('table', { name: /means of 15 s/ }).getByRole('row');
    await rows.nth(1).getByText('20').last().waitFor();
  });

  it('counts what the cache answers and what it spares the database', async () => {
    await using session = await open();
    const { page } = session;
    const cache = panel(page, 'Balance cache');
    await cache.getByText('Live', { exact: true }).waitFor();
    const client = await clientOf('reader');
    for (let i = 0; i < 30; i += 1) await client.balance('shop');
    const { hits, reads } = (await client.get('/ledger/cache/stats')).body;
    assert.ok(hits >= 29);
    await cache.getByText(new RegExp(`of ${reads} reads, and`)).waitFor();
    const table = cache.getByRole('table', { name: 'Since the ledger started' });
    await table.getByRole('row', { name: new RegExp(`^Hits .* ${hits} `) }).waitFor();
  });

  it('shows which reads are refused, and why', async () => {
    await using session = await open();
    const { page } = session;
    const reads = panel(page, 'Reads');
    await reads.getByText('No read is refused').waitFor();
    const client = await clientOf('lister');
    const lists = Array.from({ length: 40 }, () => client.get('/ledger/accounts?limit=200'));
    assert.ok((await Promise.all(lists)).some(({ status }) => status === 503));
    await reads.getByText('Refused by: request limit').waitFor();
    await reads.getByText(/of 4 requests are under way at this moment/).waitFor();
    const { shed } = (await client.get('/ledger/load-shedding/stats')).body;
    const table = reads.getByRole('table', { name: 'Reads by kind and reason' });
    await total(table, 'Request limit', [shed.accounts.inFlight]);
  });

  it('shows what the hub refuses, and why', async () => {
    await using session = await open();
    const hub = panel(session.page, 'Live balances');
    await hub.getByText('The hub refuses nothing').waitFor();
    const token = await atlas.system.token({ subject: 'crowd' });
    await using crowd = new AsyncDisposableStack();
    const connect = async () => {
      const client = new HubConnectionBuilder()
        .withUrl(`${atlas.gateway}/ws`, { accessTokenFactory: () => token })
        .configureLogging(LogLevel.None)
        .build();
      crowd.defer(() => client.stop());
      await client.start();
    };
    for (let i = 0; i < 3; i += 1) await connect();
    await assert.rejects(connect());
    await hub.getByText('Refused by: connections of a user').waitFor();
    await hub.getByText(/of connections in the last 10 s/).waitFor();
    const table = hub.getByRole('table', { name: 'The hub by kind and reason' });
    const stats = await clientOf('op').then((client) => client.get('/ws/load-shedding/stats'));
    await total(table, 'Connections of a user', [stats.body.shed.connections.user_connections]);
  });

  it('goes on through an outage of payments, says so, keeps what it knew, and comes back', async () => {
    await using session = await open();
    const { page } = session;
    const overload = panel(page, 'Transfers');
    await overload.getByText('Live', { exact: true }).waitFor();
    const ceiling = await overload.getByRole('row', { name: /^Ceiling/ }).innerText();

    const port = new URL(payments.urls.payments).port;
    await payments[Symbol.asyncDispose]();
    await overload.getByText('No answer', { exact: true }).waitFor();
    const note = overload.getByRole('alert');
    await note.getByText(/^Payments gave no figures since \d\d:\d\d:\d\d/).waitFor();
    await note.getByText('unavailable', { exact: true }).waitFor();
    await overload.getByText(/ · as of \d\d:\d\d:\d\d .*[1-9]\d* s ago/).waitFor();
    assert.equal(await overload.getByRole('row', { name: /^Ceiling/ }).innerText(), ceiling);
    await panel(page, 'Balance cache').getByText('Live', { exact: true }).waitFor();
    // The breaker opens at the fifth failure in a row, and the page alone asks every few seconds now.
    const away = await transfers(await clientOf('customer'), 8);
    assert.deepEqual(new Set(away), new Set([503]));
    const passage = panel(page, 'Gateway');
    await passage.getByText('Refused by: role away').waitFor();
    await passage.getByText(/breaker of payments: (open|half-open)/).waitFor();
    const roles = passage.getByRole('table', { name: 'The gateway by role and reason' });
    await roles
      .getByRole('row', { name: /^Role away/ })
      .locator('.total')
      .first()
      .waitFor();
    await fits(page);

    payments = await startPayments({ ATLAS_PAYMENTS_PORT: port });
    await overload.getByText('Live', { exact: true }).waitFor();
    await note.waitFor({ state: 'detached' });
    await page.getByText('Nothing is refused').waitFor();
  });

  it('changes the ceiling for the requests that come next, and the change is in the audit record', async () => {
    await using session = await open();
    const { page } = session;
    await page.getByText('as the settings say').waitFor();
    await page.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the ceiling' });
    await fits(page);
    await dialog.getByLabel('Requests a second').fill('1,000');
    await dialog.getByRole('button', { name: 'Set the ceiling' }).click();
    await dialog.getByText(/Use a whole number from 1 to 1.000.000/).waitFor();
    await dialog.getByLabel('Requests a second').fill('500');
    await dialog.getByLabel('At once, after a pause').fill('600');
    await dialog.getByLabel('Per client, a second').fill('0');
    await dialog.getByLabel('The new rate once more').fill('50');
    await dialog.getByRole('button', { name: 'Set the ceiling' }).click();
    await dialog.getByText('Type 500, the new rate.').waitFor();
    await dialog.getByLabel('The new rate once more').fill('500');
    await page.keyboard.press('Enter');
    await page.getByText(/^Set to 500 a second, 600 at once after a pause/).waitFor();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(/set by an operator on .* at \d\d:\d\d:\d\d/).waitFor();

    const client = await clientOf('after');
    const answers = await transfers(client, 40);
    assert.deepEqual(new Set(answers), new Set([201]));
    const { items } = (await client.get('/ledger/audit?action=operator.ceiling')).body;
    assert.equal(items[0].subject, 'tester');
    assert.equal(items[0].details.ratePerSecond, '500');

    await page.getByRole('button', { name: 'Back to the settings…' }).click();
    await page.getByLabel('Type settings to confirm').fill('settings');
    await page.getByRole('button', { name: 'Back to the settings', exact: true }).click();
    await page.getByText(/^Set to 1 a second, 20 at once after a pause/).waitFor();
    await page.getByText('as the settings say').waitFor();
  });

  it('says why a change of the ceiling failed, and keeps what was typed', async () => {
    await using session = await open();
    const { page } = session;
    await page.getByRole('button', { name: 'Change…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Change the ceiling' });
    await page.route('**/payments/load-shedding', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'Internal error', code: 'internal', detail: 'Broken.' }),
      }),
    );
    await dialog.getByLabel('Requests a second').fill('7');
    await dialog.getByLabel('The new rate once more').fill('7');
    await dialog.getByRole('button', { name: 'Set the ceiling' }).click();
    await dialog.getByText('Internal error').waitFor();
    assert.equal(await dialog.getByLabel('Requests a second').inputValue(), '7');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('as the settings say').waitFor();
  });

  it('asks for nothing while the page is hidden, and at once when it is seen again', async () => {
    await using session = await open();
    const { page } = session;
    await panel(page, 'Transfers').getByText('Live', { exact: true }).waitFor();
    await page.clock.install();
    await page.reload();
    await panel(page, 'Transfers').getByText('Live', { exact: true }).waitFor();
    await setVisibility(page, 'hidden');
    let asked = 0;
    page.on('request', () => (asked += 1));
    await page.clock.runFor(30_000);
    assert.equal(asked, 0);
    const again = page.waitForRequest(/load-shedding\/stats/);
    await setVisibility(page, 'visible');
    await again;
  });

  it('is offered to tokens with scope ops only; others are told what they need', async () => {
    await using session = await open(desktop, 'transfers balances accounts');
    const { page } = session;
    await page.getByText('This token may not see this page.').waitFor();
    await page.getByText('It needs the scope ops.').waitFor();
    assert.equal(await page.getByRole('link', { name: 'Overload' }).count(), 0);
    await fits(page);
    await using operator = await open();
    await operator.page.getByRole('link', { name: 'Accounts' }).click();
    await operator.page.getByRole('link', { name: 'Overload' }).click();
    await operator.page.getByRole('heading', { name: 'Balance cache' }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`is readable by everyone on a ${name} in ${colorScheme}, and never wider than the screen`, async () => {
        await using session = await open({ ...screen, colorScheme });
        const { page } = session;
        await page.getByText('Live', { exact: true }).nth(1).waitFor();
        for (const summary of await page.getByText('By time').all()) await summary.click();
        await fits(page);
      });
    }
  }
});

const one = (key: string) => ({
  key,
  sourceAccountId: 'mint',
  destinationAccountId: 'shop',
  minor: '1',
  currency: 'EUR',
});

let keys = 0;

/** So many at once; their statuses. */
async function transfers(client: Client, count: number): Promise<number[]> {
  const sent = Array.from({ length: count }, () =>
    client.transfer(`k${(keys += 1)}`, 'mint', 'shop', '1'),
  );
  return (await Promise.all(sent)).map(({ status }) => status);
}

function panel(page: Page, name: string) {
  return page.getByRole('region', { name });
}

type Table = ReturnType<Page['getByRole']>;

/** The totals of a row, by class, where there are any. */
async function total(table: Table, row: string, counts: readonly number[]): Promise<void> {
  const cells = table.getByRole('row', { name: new RegExp(`^${row}`) }).locator('.total');
  for (const [i, count] of counts.entries()) {
    await cells.nth(i).getByText(String(count), { exact: true }).waitFor();
  }
}

function most(chart: Table, row: string): Promise<string> {
  return chart
    .getByRole('row', { name: new RegExp(`^${row}`) })
    .getByRole('cell')
    .last()
    .innerText();
}

async function setVisibility(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate(
    `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });` +
      `document.dispatchEvent(new Event('visibilitychange'))`,
  );
}
