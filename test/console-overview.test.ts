// The console's overview in a real Chromium: what is done shows within seconds, all replicas together; what
// is away is named; and everybody can read it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import {
  consoleOf,
  desktop,
  fits,
  phone,
  slowStart,
  startConsole,
  type TestConsole,
} from './console.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { privatePrometheus } from './engines/index.ts';
import { startSystem, type Column, type System } from './system.ts';

describe('the overview', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;
  let payments: System | undefined;

  before(async () => {
    const { folder } = resources.use(await embeddedFolder());
    const column: Column = ['embedded engines', () => Promise.resolve({ ATLAS_DATA: folder })];
    const book = resources.use(
      await startSystem(column, {}, new Set(['core', 'ledger', 'realtime'] as const)),
    );
    const { core, ledger, realtime } = book.urls;
    const toCore = { LEDGER_INTERNAL: core };
    payments = await startSystem(column, { ...toCore, LEDGER_URL: ledger }, new Set(['payments']));
    resources.defer(async () => payments?.[Symbol.asyncDispose]());
    const addresses = {
      ...toCore,
      LEDGER_URL: ledger,
      REALTIME_URL: realtime,
      PAYMENTS_URL: payments.urls.payments,
    };
    atlas = await consoleOf(resources, (dist) =>
      startSystem(column, addresses, new Set(['gateway'] as const), dist),
    );
    const { client } = atlas;
    await client.open('mint', null);
    await client.open('shop');
  }, slowStart);
  after(() => resources.disposeAsync());

  const open = async (
    options?: BrowserContextOptions,
    scope = 'transfers balances accounts ops',
  ) => {
    const session = await atlas.open('/overview?range=5m', options, { scope });
    // A sample is due every five seconds, and so is a look at it.
    session.page.setDefaultTimeout(40_000);
    return session;
  };

  it('shows live what is posted, read and delivered, in tiles, charts and tables', async () => {
    await using session = await open();
    const { page } = session;
    const panel = page.getByRole('region', { name: 'All replicas' });
    await panel.getByText('Live', { exact: true }).waitFor();
    const hub = atlas.client.hub();
    hub.on('balanceUpdate', () => {});
    hub.on('subscriptionConfirmed', () => {});
    await hub.start();
    await hub.invoke('SubscribeBalance', 'shop');
    for (let n = 0; n < 30; n += 1) {
      await atlas.client.transfer(`shown-${n}`, 'mint', 'shop', 100);
      await atlas.client.balance('shop');
    }
    for (const name of ['Transfers posted', 'Reads', 'Cache hits']) {
      await tile(page, name)
        .getByText(/^[1-9]|^0\.[1-9]|^< 0\.1/)
        .first()
        .waitFor();
    }
    await tile(page, 'Connections').getByText('Now 1').waitFor();
    await tile(page, 'Way to the screen p99')
      .getByText(/^\d.* m?s$/)
      .first()
      .waitFor();
    await tile(page, 'Balance p99').getByText('< 250 ms').waitFor();
    await hub.stop();

    const transfers = page.getByRole('figure', { name: 'Transfers per second' });
    await transfers.getByRole('row', { name: /^Goodput .*[1-9]/ }).waitFor();
    await transfers.getByText('By time').press('Enter');
    await transfers
      .getByRole('table', { name: /means of 15 s/ })
      .getByText(/[1-9]/)
      .first()
      .waitFor();
    await transfers.getByText('atlas_payments_offered_total').waitFor();
    // There is no mean of percentiles.
    const latency = page.getByRole('figure', { name: 'Latency of transfers' });
    await latency.getByRole('columnheader', { name: 'In all' }).waitFor();
    assert.equal(await latency.getByRole('columnheader', { name: 'Mean' }).count(), 0);
  });

  it('has every role, engine and promise in a row', async () => {
    await using session = await open();
    const { page } = session;
    for (const role of ['core', 'payments', 'ledger', 'realtime', 'gateway']) {
      const row = page.getByRole('table', { name: 'Roles' }).getByRole('row', { name: role });
      await row.getByText('Ready').waitFor();
      await row.getByText('0.1.0').waitFor();
    }
    const engines = page.getByRole('table', { name: 'Engines' });
    await engines.getByRole('row', { name: /Book PGlite.* Up .* \d+\.\d+/ }).waitFor();
    await engines.getByRole('row', { name: /Event log outbox.* Up/ }).waitFor();
    await engines.getByRole('row', { name: /Cache memory.* Up/ }).waitFor();
    const slos = page.getByRole('table', { name: 'SLOs' });
    await slos.getByRole('row', { name: /availability.* (Kept|Broken) .*≥ 99\.9 %/ }).waitFor();
    // Some sixty requests: no error among them keeps no promise yet.
    await slos
      .getByRole('row', {
        name: /errors.* Too few to judge \d+ of 500 requests 0 % < 0\.5 % 0× 0×/,
      })
      .waitFor();
  });

  it('begins with every role and engine at a glance, each with its way to the table', async () => {
    await using session = await open();
    const { page } = session;
    const strip = page.getByRole('list', { name: 'Health of roles and engines' });
    for (const name of ['core ready', 'gateway ready', 'Book up', 'Event log up', 'Cache up']) {
      await strip.getByRole('link', { name }).waitFor();
    }
    await strip.getByRole('link', { name: 'Book up' }).click();
    assert.match(page.url(), /#engines$/);
    await page.getByRole('heading', { name: 'Engines' }).and(page.locator(':focus')).waitFor();
  });

  it('a link to a chart shows it, though it comes later than the page', async () => {
    await using session = await atlas.open('/overview?range=5m');
    const { page } = session;
    await tile(page, 'Event lag').waitFor();
    await page.goto('about:blank');
    await page.goto(`${atlas.gateway}/overview?range=5m#lag`);
    const heading = page.getByRole('heading', { name: 'Event lag' });
    await heading.waitFor();
    const inSight = `document.getElementById('lag').getBoundingClientRect().top < innerHeight`;
    await page.waitForFunction(inSight);
  });

  it('a tile leads to its chart, and the range stands in the address for all of them', async () => {
    await using session = await open();
    const { page } = session;
    await tile(page, 'Event lag').click();
    await page.getByRole('heading', { name: 'Event lag' }).waitFor();
    assert.match(page.url(), /#lag$/);
    // The page scrolls by itself, and what stands round it stays.
    const overhang =
      'document.documentElement.scrollHeight - document.documentElement.clientHeight';
    assert.equal(await page.evaluate(overhang), 0);
    await page
      .getByRole('table', { name: 'Event lag' })
      .getByRole('row', { name: /Relay outbox/ })
      .waitFor();
    await page.getByRole('combobox', { name: 'Time range' }).selectOption('Last 1 h');
    await page.getByText('in steps of 30 s').waitFor();
    assert.match(page.url(), /range=1h/);
    await page.getByRole('figure', { name: 'Way to the screen' }).getByText('60 min ago').waitFor();
  });

  it('fits both screens in both themes, and axe finds nothing', async () => {
    for (const size of [desktop, phone]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await using session = await open({ ...size, colorScheme });
        const { page } = session;
        await page.getByRole('table', { name: 'SLOs' }).waitFor();
        await page.getByRole('table', { name: 'Roles' }).waitFor();
        await page.getByText('By replica').click();
        await fits(page);
      }
    }
  });

  it('says what it needs to a token that may not see it', async () => {
    await using session = await open(desktop, 'balances');
    await session.page.getByText('This token may not see this page.').waitFor();
    await fits(session.page);
  });

  it('names a replica that went away, and what its role is then', async () => {
    await using session = await open();
    const { page } = session;
    await page.getByRole('table', { name: 'Roles' }).waitFor();
    await payments![Symbol.asyncDispose]();
    payments = undefined;
    await page.getByText('These figures are not complete').waitFor();
    await page.getByText(/Missing is what was done by \S+ \(payments; /).waitFor();
    const row = page.getByRole('table', { name: 'Roles' }).getByRole('row', { name: 'payments' });
    await row.getByText('Absent').waitFor();
    const strip = page.getByRole('list', { name: 'Health of roles and engines' });
    await strip.getByText('payments absent').waitFor();
    await page
      .getByRole('table', { name: 'Roles' })
      .getByRole('row', { name: 'gateway' })
      .getByText('Not ready')
      .waitFor();
    await fits(page);
  });
});

describe('the overview through Prometheus', { timeout: 240_000 }, () => {
  it('looks back a week, and says when Prometheus is away and it is an hour', async () => {
    await using resources = new AsyncDisposableStack();
    const prometheus = resources.use(await privatePrometheus());
    const atlas = await startConsole(resources, { PROMETHEUS_URL: prometheus.url });
    await prometheus.scrape(Object.values(atlas.system.urls).map((url) => new URL(url).host));
    await using session = await atlas.open('/overview');
    const { page } = session;
    page.setDefaultTimeout(40_000);
    await page.getByText('From Prometheus: ').waitFor();
    await page.getByRole('combobox', { name: 'Time range' }).selectOption('Last 7 d');
    await page.getByRole('figure', { name: 'Transfers per second' }).getByText('7 d ago').waitFor();
    await fits(page);
    await prometheus.stop();
    await page.getByText('Prometheus does not answer').waitFor();
    await page.getByText('60 min ago').first().waitFor();
  });
});

function tile(page: Page, name: string): Locator {
  return page.getByRole('link', { name: new RegExp(`^${name}`) });
}
