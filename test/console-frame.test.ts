// The frame that all pages of the console share: what a page weighs, where the navigation, the keys and the
// command palette lead, and what stays when something breaks.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { desktop, fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';

/** Compressed, of all the scripts that a page fetches before it stands. */
const firstLoadBytesMax = 200_000;

describe('the frame of the console', { timeout: 240_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    const { client } = atlas;
    await client.open('mint', null);
    for (const account of ['acc_ada', 'acc_bola']) await client.open(account);
    await client.transfer('order-8841', 'mint', 'acc_ada', '1250', { narration: 'Refund' });
  }, slowStart);
  after(() => resources.disposeAsync());

  it('loads less than 200 KB of script, compressed, whichever page comes first', async () => {
    const paths = await pagePaths();
    assert.ok(paths.includes('/accounts') && paths.length >= 3, String(paths));
    const bytes = new Map<string, number>();
    for (const path of paths) bytes.set(path, await scriptBytes(path));
    for (const [path, size] of bytes) {
      assert.ok(size > 10_000 && size < firstLoadBytesMax, `${path}: ${size} bytes`);
    }
    assert.ok(new Set(bytes.values()).size > 1, 'pages have no chunks of their own');
  });

  it('names every page in the title, and what is open on it', async () => {
    await using session = await atlas.open('/accounts/acc_ada');
    const { page } = session;
    await titled(page, 'acc_ada – Accounts – Atlas');
    await page.keyboard.press('Escape');
    await titled(page, 'Accounts – Atlas');
    await page.getByRole('link', { name: 'Payments' }).click();
    await titled(page, 'Payments – Atlas');
  });

  it('goes to pages by g and a letter, and shows all keys by ?', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.waitForURL(`${atlas.gateway}/overload`);
    await page.keyboard.press('a');
    await page.keyboard.press('?');
    const help = page.getByRole('dialog', { name: 'Keys' });
    await help.getByText('Overload').waitFor();
    await fits(page);
    await help.getByLabel('Single keys work').uncheck();
    await page.keyboard.press('Escape');
    await help.waitFor({ state: 'detached' });
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.keyboard.press('?');
    assert.equal(page.url(), `${atlas.gateway}/overload`);
    assert.equal(await help.count(), 0);
  });

  it('takes no letter for a key while somebody types', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    const field = page.getByRole('searchbox', { name: /id begins with/ });
    await field.waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('gp?j');
    assert.equal(await field.inputValue(), 'gp?j');
    assert.equal(new URL(page.url()).pathname, '/accounts');
    assert.equal(await page.getByRole('dialog').count(), 0);
  });

  it('opens pages, accounts and transfers from the palette, by keyboard alone', async () => {
    await using session = await atlas.open('/overload');
    const { page } = session;
    await page.getByRole('heading', { name: 'Overload' }).waitFor();
    await choose(page, 'acc', /^acc_bola/);
    await page.waitForURL(`${atlas.gateway}/accounts/acc_bola`);
    await choose(page, 'order-8841', /transfer with id or key/);
    await page.getByText('Refund').first().waitFor();
    await choose(page, 'paym', /^Payments/);
    await page.waitForURL(`${atlas.gateway}/transfers`);
  });

  it('says in the palette that accounts could not be looked for, and not that there are none', async () => {
    await using session = await atlas.open('/accounts', desktop, { scope: 'balances' });
    const { page } = session;
    await page.getByRole('link', { name: /acc_bola/ }).waitFor();
    await page.route(/\/ledger\/accounts\?/, () => undefined);
    await page.keyboard.press('Control+k');
    await page.keyboard.type('acc_b');
    await page.getByText('Looking for accounts…').waitFor();
    await page.getByText('Accounts could not be looked for').waitFor();
    assert.equal(await page.getByText('Nothing has this name.').count(), 0);
  });

  it('shows which option, page and theme is chosen also in forced colours', async () => {
    await using session = await atlas.open('/accounts', { ...desktop, forcedColors: 'active' });
    const { page } = session;
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
    const edged = (of: string) =>
      page.evaluate<string[]>(
        `[...document.querySelectorAll(${JSON.stringify(of)})]
          .filter((each) => getComputedStyle(each).outlineStyle === 'solid')
          .map((each) => each.textContent)`,
      );
    assert.deepEqual(await edged('.shell-nav a'), ['Accounts']);
    assert.deepEqual(await edged('.shell-foot .switch label'), ['As the system', 'Local']);
    await page.keyboard.press('Control+k');
    await page.keyboard.press('ArrowDown');
    const chosen = page.getByRole('option', { selected: true });
    await chosen.getByText('Payments').waitFor();
    assert.deepEqual(await edged('[role="option"]'), [await chosen.textContent()]);
  });

  it('acts from the palette: opens an account, sends, changes theme and zone, signs out', async () => {
    await using session = await atlas.open('/accounts/mint', { ...desktop, colorScheme: 'light' });
    const { page } = session;
    await page.getByText('Live', { exact: true }).waitFor();
    await choose(page, 'send', /^Send from mint/);
    await page.getByLabel('To account').waitFor();
    await choose(page, 'new acc', /^New account/);
    await page.getByRole('dialog', { name: 'New account' }).waitFor();
    await page.keyboard.press('Escape');
    await choose(page, 'dark', /^Dark theme/);
    assert.equal(await page.locator('html').getAttribute('class'), 'dark');
    await choose(page, 'utc', /^Times in UTC/);
    await page.getByRole('radio', { name: 'UTC' }).and(page.locator(':checked')).first().waitFor();
    await choose(page, 'sign out', /^Sign out/);
    await page.getByLabel('Token').waitFor();
  });

  it('offers in the palette only what the token may do', async () => {
    await using session = await atlas.open('/accounts', desktop, { scope: 'balances' });
    const { page } = session;
    await page.getByRole('button', { name: 'Search, go to, act' }).click();
    const options = page.getByRole('option');
    await options.getByText('Accounts').waitFor();
    await page.getByRole('combobox').fill('o');
    for (const name of ['Overload', 'Payments', 'New account', 'transfer with']) {
      assert.equal(await options.getByText(name).count(), 0, name);
    }
  });

  it('writes times in UTC on every page once that was chosen, until the tab is closed', async () => {
    await using session = await atlas.open('/transfers?find=order-8841', {
      ...desktop,
      timezoneId: 'Africa/Lagos',
    });
    const { page } = session;
    const local = await page.getByText(/^Posted /).innerText();
    await page.getByRole('radio', { name: 'UTC' }).first().check();
    const utc = page.getByText(/^Posted .* UTC$/);
    await utc.waitFor();
    const hours = (text: string) => Number(/, (\d\d):/.exec(text)![1]);
    assert.equal((hours(local) - hours(await utc.innerText()) + 24) % 24, 1);
    await page.reload();
    await utc.waitFor();
  });

  it('says that nothing is at an address that is none of its own, and where one can go', async () => {
    await using session = await atlas.open('/transactions/42');
    const { page } = session;
    await page.getByText('Nothing is at /transactions/42.').waitFor();
    await titled(page, 'No such page – Atlas');
    await fits(page);
    await page.getByRole('main').getByRole('link', { name: 'Payments' }).click();
    await page.waitForURL(`${atlas.gateway}/transfers`);
  });

  it('asks nothing for a page that the token may not see, and says which scope it needs', async () => {
    const scopes = { '/transfers': 'transfers', '/accounts/mint': 'balances', '/realtime': 'ops' };
    for (const [path, scope] of Object.entries(scopes)) {
      await using session = await atlas.open('/nowhere', desktop, { scope: 'accounts' });
      const { page } = session;
      await page.getByText('Nothing is at /nowhere.').waitFor();
      const asked: string[] = [];
      page.on('request', (request) => asked.push(request.url()));
      await page.goto(atlas.gateway + path);
      await page.getByText(`It needs the scope ${scope}.`).waitFor();
      await fits(page);
      assert.deepEqual(
        asked.filter((url) => /\/(payments|ledger|ws)\//.test(url)),
        [],
      );
      assert.equal(await page.getByRole('navigation').getByRole('link').count(), 0);
    }
  });

  it('keeps the way to the other pages when the code of one does not come', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
    await page.route(/assets\/overload-page.*\.js$/, (route) => route.abort());
    await page.getByRole('link', { name: 'Overload' }).click();
    await page.getByText('The page could not be shown.').waitFor();
    await page.getByRole('link', { name: 'Accounts' }).click();
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`has a palette that everyone can read on a ${name} in ${colorScheme}`, async () => {
        await using session = await atlas.open('/accounts', { ...screen, colorScheme });
        const { page } = session;
        await page.getByRole('link', { name: /acc_ada/ }).waitFor();
        await page.getByRole('button', { name: 'Search, go to, act' }).click();
        await page.getByRole('combobox').fill('acc');
        await page.getByRole('option', { name: /acc_bola/ }).waitFor();
        await fits(page);
      });
    }
  }

  async function pagePaths(): Promise<string[]> {
    await using session = await atlas.open('/');
    const links = session.page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await links.first().waitFor();
    return await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
  }

  async function scriptBytes(path: string): Promise<number> {
    await using session = await atlas.open(path);
    await session.page.waitForLoadState('networkidle');
    const urls: string[] = await session.page.evaluate(
      `performance.getEntriesByType('resource').map(({ name }) => name)`,
    );
    const scripts = urls.filter((url) => url.endsWith('.js'));
    const sizes = scripts.map(async (url) => gzipSync(await (await fetch(url)).bytes()).length);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
});

/** Opens the palette, types, and takes the option with this name. */
async function choose(page: Page, typed: string, name: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(typed);
  const option = page.getByRole('option', { name });
  await option.waitFor();
  while ((await option.getAttribute('aria-selected')) !== 'true') {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
}

/** Looked at anew with each frame: what waits in the page would be evaluated against its policy. */
async function titled(page: Page, title: string): Promise<void> {
  while ((await page.title()) !== title) {
    await page.evaluate('new Promise((done) => { requestAnimationFrame(done); })');
  }
}
