// The console over a slow connection and in an outage, in a real Chromium: what stands there while answers are on their
// way or fail, and while the hub is late. Answers are held back until what is shown meanwhile was seen.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { desktop, fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';

/** Beyond the ten seconds that a first page has. */
const patienceMs = 30_000;

const answers = /^\/(payments|ledger|telemetry|health|gateway|ws|load-runs)\b/;

// Two at once: most of each test is a wait.
describe('a slow connection', { concurrency: 2, timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    const { client } = atlas;
    await client.open('mint', null);
    await client.open('acc_ada');
    await client.transfer('salary', 'mint', 'acc_ada', '250000', { narration: 'November salary' });
  }, slowStart);
  after(() => resources.disposeAsync());

  const places: Readonly<Record<string, string>> = {
    overview: '/overview',
    payments: '/transfers',
    'a payment': '/transfers?find=salary',
    accounts: '/accounts',
    'an account': '/accounts/acc_ada',
    realtime: '/realtime',
    overload: '/overload',
    audit: '/audit',
  };
  for (const [name, path] of Object.entries(places)) {
    it(`shows of ${name} the shape and no figure until the answers are here, and says that they are late`, async () => {
      const screen = name.startsWith('a') ? phone : desktop;
      await using session = await atlas.open('/accounts?prefix=none', screen);
      const { page } = session;
      await page.getByText('No account id begins with').waitFor();
      const release = await holdAnswers(page);
      await page.goto(atlas.gateway + path);
      await page.locator('#page :is(h1, h2)').filter({ visible: true }).first().waitFor();
      await page.locator('.skeleton:visible').first().waitFor();
      await page
        .getByText('No answer yet. It is still being asked for.')
        .filter({ visible: true })
        .first()
        .waitFor();
      const text = await page.locator('#page').innerText();
      assert.doesNotMatch(text, /\d[.,]\d\d|\b0\b/, 'a figure that nobody has told');
      await fits(page);
      release();
      await page.locator('.skeleton:visible').first().waitFor({ state: 'detached' });
      assert.equal(await page.getByText('No answer yet.').count(), 0);
    });
  }

  for (const name of ['payments', 'accounts', 'realtime', 'audit']) {
    it(`does not call ${name} live that could not be asked for, says what is wrong, and fills them afterwards`, async () => {
      await using session = await atlas.open('/accounts?prefix=none');
      const { page } = session;
      await page.getByText('No account id begins with').waitFor();
      const asked = (url: URL) => answers.test(url.pathname);
      await page.route(asked, (route) => route.abort());
      await page.goto(atlas.gateway + places[name]);
      const problem = page.getByText('Check that Atlas is running').first();
      await problem.waitFor({ timeout: patienceMs });
      // It stays while it is asked for again.
      const gone = problem.waitFor({ state: 'hidden', timeout: patienceMs }).then(() => 'gone');
      const again = page.waitForRequest((request) => asked(new URL(request.url())));
      assert.notEqual(await Promise.race([gone, again]), 'gone');
      assert.equal(await page.locator('#page').getByText('Live', { exact: true }).count(), 0);
      assert.equal(await page.getByText(/^(No|Nothing|Nobody) /).count(), 0, 'an empty list');
      await page.unroute(asked);
      await page.locator('#page').getByText('Live', { exact: true }).waitFor();
      await page.locator('#page [data-index]').first().waitFor();
      await gone;
    });
  }

  it('reads balances in another way while the hub is late, and says that they are not live yet', async () => {
    await using session = await atlas.open('/accounts?prefix=none');
    const { page } = session;
    let letIn = () => {};
    await holdHub(page, new Promise<void>((resolve) => (letIn = resolve)));
    await page.goto(`${atlas.gateway}/accounts/acc_ada`);
    const balance = page.getByLabel('Balance');
    await balance.locator('.balance-value').getByText('2,500.00').waitFor();
    await balance.getByText(/^(Updating…|Reconnecting|Offline)/).waitFor();
    letIn();
    await balance.getByText('Live', { exact: true }).waitFor();
  });
});

/** Answers and the hub wait until the returned function is called. */
async function holdAnswers(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(
    (url) => answers.test(url.pathname),
    async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    },
  );
  await holdHub(page, held);
  return release;
}

/** Its connection is open, and nothing is heard of it before that. */
async function holdHub(page: Page, until: Promise<void>): Promise<void> {
  await page.routeWebSocket(/\/ws/, async (socket) => {
    await until;
    socket.connectToServer();
  });
}
