// The console as a person meets it: built, served by the gateway, in a real Chromium, against every
// role on the embedded engines.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { desktop, fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';

const wallet = 'msisdn::2348100000001';

describe('the console', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    for (const account of ['mint', 'vault']) await atlas.client.open(account, null, 'NGN');
    for (const account of [wallet, 'acc_ada', 'acc_bola'])
      await atlas.client.open(account, '0', 'NGN');
    await atlas.client.transfer('fund', 'mint', wallet, '5000000', { currency: 'NGN' });
  }, slowStart);
  after(() => resources.disposeAsync());

  it('signs in by a link, takes the token out of the address, and stays signed in over a reload', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
    assert.equal(page.url(), `${atlas.gateway}/accounts`);
    await page.reload();
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
  });

  it('signs out here and everywhere: the token is good for nothing more, and other tabs say so', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
    const token = await page.evaluate(() => sessionStorage.getItem('atlas.token'));
    const other = await page.context().newPage();
    await other.goto(`${atlas.gateway}/accounts#token=${token}`);
    await other.getByRole('link', { name: /acc_ada/ }).waitFor();
    const [farewell] = await Promise.all([
      page.waitForResponse(/\/sessions\/current$/),
      page.getByRole('button', { name: 'Sign out' }).first().click(),
    ]);
    assert.equal(farewell.ok(), true);
    await page.getByLabel('Token').waitFor();
    await page.reload();
    await page.getByLabel('Token').waitFor();
    const balances = `${atlas.gateway}/ledger/accounts/acc_ada/balance`;
    const { status } = await fetch(balances, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(status, 401);
    await other.getByText('Atlas does not accept this token').waitFor();
    await other.getByText('It was signed out, perhaps in another tab').waitFor();
  });

  it('signs in by a pasted token, and says plainly what is wrong with a bad or expired one', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByLabel('Token').fill('not a token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That is not a token.').waitFor();
    const [head, claims] = (await atlas.system.token()).split('.');
    await page.getByLabel('Token').fill(`${head}.${claims}.forged`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Atlas does not accept this token').waitFor();
    await page.clock.install();
    await page.getByLabel('Token').fill(await atlas.system.token({ ttlSeconds: 60 }));
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Accounts' }).waitFor();
    await page.clock.fastForward('01:00');
    await page.getByText('Your token has expired').waitFor();
  });

  it('shows a balance that lives: a transfer made elsewhere changes it and adds its entry', async () => {
    await using session = await atlas.open(`/accounts/${wallet}`);
    const { page } = session;
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    await balanceShown(page, '50,000.00');
    const posted = await atlas.client.transfer('elsewhere', 'mint', wallet, '1250', {
      currency: 'NGN',
      narration: 'Refund 8841',
    });
    assert.equal(posted.status, 201);
    await balanceShown(page, '50,012.50');
    const row = page.getByRole('row', { name: /Refund 8841/ });
    await row.getByText('+12.50').waitFor();
    assert.match(await row.innerText(), /50,012\.50/);
    await atlas.client.transfer('back', wallet, 'mint', '1250', { currency: 'NGN' });
    await balanceShown(page, '50,000.00');
    await page.getByRole('row', { name: /\u221212\.50/ }).waitFor();
  });

  it('sends a transfer and sees it land', async () => {
    await using session = await atlas.open(`/accounts/vault`);
    const { page } = session;
    await page.getByRole('link', { name: 'Send' }).click();
    await page.getByLabel('To account').fill('acc_ada');
    await page.getByLabel(/^Amount/).fill('1,250.5');
    await page.getByLabel(/^Narration/).fill('For the roof');
    await page.getByRole('button', { name: 'Send 1,250.50 NGN' }).click();
    await page.getByText('Sent: 1,250.50 NGN to acc_ada').waitFor();
    await balanceShown(page, '\u22121,250.50');
    const row = page.getByRole('row', { name: /For the roof/ });
    await row.getByText('\u22121,250.50').first().waitFor();
    const ada = await atlas.client.balance('acc_ada');
    assert.equal(ada.body.availableMinor, '125050');

    await row.getByRole('link').first().click();
    await page.getByText(/^Posted /).waitFor();
    await page.getByRole('article').getByText('For the roof', { exact: true }).waitFor();
  });

  it('explains a refusal with its title, its code and what to do, and keeps the form', async () => {
    await using session = await atlas.open(`/accounts/acc_bola/send`);
    const { page } = session;
    await page.getByLabel('To account').fill('acc_ada');
    await page.getByLabel(/^Amount/).fill('3.005');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText('NGN has at most 2 decimals.').waitFor();
    await page.getByLabel(/^Amount/).fill('3');
    await page.getByRole('button', { name: 'Send 3.00 NGN' }).click();
    await page.getByText('insufficient_funds').waitFor();
    await page.getByText('Send less, or fund the account first.').waitFor();
    assert.equal(await page.getByLabel('To account').inputValue(), 'acc_ada');
  });

  it('closes the form by Escape, from inside of a field and from beside it, and nothing is sent', async () => {
    await using session = await atlas.open('/accounts/vault/send');
    const { page } = session;
    const account = `${atlas.gateway}/accounts/vault`;
    const amount = page.getByLabel(/^Amount/);
    await amount.fill('5');
    await page.keyboard.press('Escape');
    await page.waitForURL(account);
    await page.getByRole('link', { name: 'Send' }).click();
    assert.equal(await amount.inputValue(), '');
    await page.getByRole('heading', { name: 'Send from this account' }).click();
    await page.keyboard.press('Escape');
    await page.waitForURL(account);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${atlas.gateway}/accounts`);
  });

  it('moves money once when the answer is lost: the same key is tried again', async () => {
    await using session = await atlas.open(`/accounts/vault/send`);
    const { page } = session;
    const keys: (string | undefined)[] = [];
    await page.route('**/payments/transfers', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (keys.length > 2) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await page.getByLabel('To account').fill('acc_bola');
    await page.getByLabel(/^Amount/).fill('7');
    await page.getByRole('button', { name: 'Send 7.00 NGN' }).click();
    await page.getByText('Trying again with the same key').waitFor();
    await page.getByText('Already sent: 7.00 NGN to acc_bola').waitFor();
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    assert.equal((await atlas.client.balance('acc_bola')).body.availableMinor, '700');
  });

  it('finds a transfer of unknown outcome after a reload, and settles it', async () => {
    await using session = await atlas.open(`/accounts/vault/send`);
    const { page } = session;
    await page.route('**/payments/transfers', async (route) => {
      await route.fetch();
      await page.reload();
    });
    await page.getByLabel('To account').fill('acc_ada');
    await page.getByLabel(/^Amount/).fill('9');
    await page.getByRole('button', { name: 'Send 9.00 NGN' }).click();
    await page.getByText('Not known yet: 9.00 NGN to acc_ada').waitFor();
    await page.unroute('**/payments/transfers');
    const before = await atlas.client.balance('acc_ada');
    await page.getByRole('button', { name: 'Try again, same key' }).click();
    await page.getByText('Already sent: 9.00 NGN to acc_ada').waitFor();
    assert.equal((await atlas.client.balance('acc_ada')).body.version, before.body.version);
  });

  it('keeps the old balance, says since when it is old, and comes back with the newest', async () => {
    await using session = await atlas.open(`/accounts/${wallet}`);
    const { page } = session;
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^(Reconnecting|Offline) · as of \d\d:\d\d:\d\d/).waitFor();
    await page.getByText(/^Offline · as of \d\d:\d\d:\d\d/).waitFor();
    await balanceShown(page, '50,000.00');
    await atlas.client.transfer('meanwhile', 'mint', wallet, '100', { currency: 'NGN' });
    await page.context().setOffline(false);
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    await balanceShown(page, '50,001.00');
    await atlas.client.transfer('meanwhile-back', wallet, 'mint', '100', { currency: 'NGN' });
    await balanceShown(page, '50,000.00');
  });

  it('never shows 0 for what it does not know', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.route(/\/ledger\/accounts\/.*\/balance/, (route) => route.abort());
    await page.routeWebSocket(/\/ws/, () => undefined);
    await page.goto(`${atlas.gateway}/accounts/${wallet}`);
    await page
      .getByRole('row', { name: /50,000\.00/ })
      .first()
      .waitFor();
    assert.equal(await page.getByLabel('Balance').getByText(/\d/).count(), 0);
    await page.getByRole('status').getByText('Updating…').waitFor();
  });

  it('opens an account, finds it by the beginning of its id, and explains a conflict', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    const openNew = async (currency: string) => {
      await page.getByRole('button', { name: 'New' }).click();
      await page.getByLabel('Account id', { exact: true }).fill('shop_1');
      await page.getByLabel('Currency', { exact: true }).fill(currency);
      await page.getByRole('radio', { name: /overdraft/ }).check();
      await page.getByLabel(/^Overdraft in/).fill('1,000');
      await page.getByRole('button', { name: 'Open account' }).click();
    };
    await openNew('KWD');
    await page.getByRole('heading', { name: 'shop_1' }).waitFor();
    await balanceShown(page, '0.000');
    await page.getByText('\u22121,000.000').waitFor();
    await page.getByText('No entries yet.').waitFor();
    await openNew('EUR');
    await page.getByText('account_conflict').waitFor();
    await page.keyboard.press('Escape');

    await page.keyboard.press('/');
    await page.keyboard.type('shop');
    await page.waitForURL(/\?prefix=shop/);
    const rows = page.getByRole('table', { name: 'Accounts' }).getByRole('link');
    await rows.nth(1).waitFor({ state: 'detached' });
    assert.equal(await rows.count(), 1);
  });

  it('is worked by the keyboard: j and k move, Enter opens, Escape goes back', async () => {
    await using session = await atlas.open('/accounts');
    const { page } = session;
    await page.getByRole('link', { name: /acc_ada/ }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'acc_ada' }).waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(`${atlas.gateway}/accounts`);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`is readable by everyone on a ${name} in ${colorScheme}, and never wider than the screen`, async () => {
        await using session = await atlas.open('/accounts', { ...screen, colorScheme });
        const { page } = session;
        await page.getByRole('link', { name: /acc_ada/ }).waitFor();
        await fits(page);
        for (const path of [
          `/accounts/${wallet}`,
          '/accounts/vault/send',
          '/transfers?find=fund',
        ]) {
          await page.goto(atlas.gateway + path);
          await page
            .getByText(/^(Live|Posted .*)$/)
            .filter({ visible: true })
            .first()
            .waitFor();
          await page.locator('.skeleton:visible').first().waitFor({ state: 'detached' });
          await fits(page);
        }
      });
    }
  }
});

/** The large figure, once it has counted up. */
async function balanceShown(page: Page, text: string): Promise<void> {
  await page.locator('.balance-value').getByText(text).first().waitFor();
}
