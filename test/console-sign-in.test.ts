// Signing in to the console at a real OpenID provider, through its own pages in a real Chromium, against
// every role on the embedded engines.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Browser, BrowserContextOptions, Page, WebSocket } from 'playwright-core';
import { roleNames } from '../src/platform/role.ts';
import { desktop, fits, openPage, phone, slowStart, startBrowser } from './console.ts';
import { consoleFolder } from './engines/index.ts';
import { audience, startIdentityProvider, type IdentityProvider } from './identity-provider.ts';
import { Client, columns, startSystem, type System } from './system.ts';

const wallet = 'acc_ada';

describe('signing in at an identity provider', { timeout: 480_000 }, () => {
  const resources = new AsyncDisposableStack();
  let browser: Browser;
  let provider: IdentityProvider;
  let system: System;
  let gateway: string;

  before(async () => {
    const dist = await consoleFolder();
    provider = resources.use(await startIdentityProvider());
    system = resources.use(
      await startSystem(columns[0]!, provider.settings, new Set(roleNames), dist),
    );
    gateway = system.urls.gateway;
    provider.serve(gateway);
    browser = await startBrowser(resources);
    await using session = await open('/accounts');
    const client = new Client(system.urls, await signIn(session.page));
    for (const account of ['mint', wallet]) await client.open(account, null);
  }, slowStart);
  beforeEach(() => {
    Object.assign(provider.conduct, { accessSeconds: 600, refreshTokens: true, audience });
  });
  after(() => resources.disposeAsync());

  /** The provider's own pages ask a third party for a font: they get none. */
  async function open(path: string, options: BrowserContextOptions = desktop) {
    const context = { ...options, baseURL: gateway };
    const opened = await openPage(browser, 'about:blank', context);
    await opened.page.route(/googleapis/, (route) => route.abort());
    await opened.page.goto(path);
    return opened;
  }

  const signInButton = (page: Page) =>
    page.getByRole('button', { name: /^Sign in with localhost/ });

  /** Through the provider's pages; resolves to the access token that it gave. */
  async function signIn(page: Page, name = 'ada'): Promise<string> {
    await signInButton(page).click();
    await page.getByPlaceholder('Enter any login').fill(name);
    await page.getByPlaceholder('and password').fill('secret');
    await page.getByRole('button', { name: 'Sign-in' }).click();
    const given = page.waitForResponse((response) => response.url().endsWith('/token'));
    await page.getByRole('button', { name: 'Continue' }).click();
    return ((await (await given).json()) as { access_token: string }).access_token;
  }

  const isIn = (page: Page) => page.getByRole('button', { name: 'Sign out' }).first().waitFor();

  it('comes back to where the person was, by code and PKCE, and keeps the tokens in memory alone', async () => {
    await using session = await open(`/accounts/${wallet}?x=1`);
    const { page } = session;
    const asked = page.waitForRequest((request) => /\/auth\?.*code_challenge/.test(request.url()));
    const token = await signIn(page);
    await page.getByRole('heading', { name: wallet }).waitFor();
    assert.equal(page.url(), `${gateway}/accounts/${wallet}?x=1`);
    const { searchParams } = new URL((await asked).url());
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    for (const name of ['state', 'nonce', 'code_challenge']) {
      assert.ok((searchParams.get(name) ?? '').length >= 43, name);
    }
    const kept = await page.evaluate<string>(
      'JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, history.state])',
    );
    assert.doesNotMatch(kept, /eyJ/);
    assert.ok(!kept.includes(token));
  });

  it('is signed in after a reload and in another tab without a word, by asking the provider', async () => {
    await using session = await open('/accounts');
    const { page } = session;
    await signIn(page);
    await isIn(page);
    await page.goto(`/accounts/${wallet}`);
    await page.getByRole('heading', { name: wallet }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: wallet }).waitFor();
    const tab = await page.context().newPage();
    await tab.goto(`/accounts/${wallet}`);
    await tab.getByRole('heading', { name: wallet }).waitFor();
  });

  it('renews its token before it ends, on the connection that stands', async () => {
    provider.conduct.accessSeconds = 6;
    await using session = await open(`/accounts/${wallet}`);
    const { page } = session;
    const sockets: WebSocket[] = [];
    page.on('websocket', (socket) => sockets.push(socket));
    const client = new Client(system.urls, await signIn(page));
    await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    const renewals: string[] = [];
    for (let renewal = 0; renewal < 3; renewal += 1) {
      const answer = await page.waitForResponse((response) => response.url().endsWith('/token'));
      const { refresh_token } = (await answer.json()) as { refresh_token: string };
      renewals.push(refresh_token);
    }
    assert.equal(new Set(renewals).size, 3, 'each refresh token is used once');
    provider.conduct.accessSeconds = 600;
    // The first token is past its end by now: only who renews can still see this.
    const { status } = await client.balance(wallet);
    assert.equal(status, 401);
    const other = new Client(system.urls, await tokenOf());
    await other.transfer('while-renewing', 'mint', wallet, '1250');
    await page.locator('.balance-value').getByText('12.50').first().waitFor();
    assert.equal(sockets.length, 1);
    assert.equal(sockets[0]!.isClosed(), false);
  });

  it('goes through the provider when its token ends and there is none to renew it with', async () => {
    Object.assign(provider.conduct, { refreshTokens: false, accessSeconds: 5 });
    await using session = await open(`/accounts/${wallet}`);
    const { page } = session;
    await signIn(page);
    await page.getByRole('heading', { name: wallet }).waitFor();
    await page.waitForRequest((request) => /\/auth\?.*prompt=none/.test(request.url()));
    await page.getByRole('heading', { name: wallet }).waitFor();
    assert.equal(page.url(), `${gateway}/accounts/${wallet}`);
  });

  it('is production: nobody may load it, and a development token is none of its tokens', async () => {
    const client = new Client(system.urls, await tokenOf());
    const order = { scenario: 'reads', ratePerSecond: 1, seconds: 5 };
    const refused = await client.send('POST', '/load-runs', order);
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
    const { body } = await client.get('/console.json');
    assert.deepEqual([body.developmentTokens, body.signIn.issuer], [false, provider.issuer]);
  });

  it('signs out here, in every role and at the provider, which asks for a password again', async () => {
    await using session = await open('/accounts');
    const { page } = session;
    const token = await signIn(page);
    await page.getByRole('button', { name: 'Sign out' }).first().click();
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.waitForURL(`${gateway}/signed-out`);
    await page.getByText('You are signed out').waitFor();
    await signInButton(page).waitFor();
    assert.equal((await new Client(system.urls, token).balance(wallet)).status, 401);
    await page.goto('/accounts');
    await signInButton(page).click();
    await page.getByPlaceholder('Enter any login').waitFor();
  });

  it('says so when the provider has ended the session meanwhile', async () => {
    provider.conduct.accessSeconds = 4;
    await using session = await open(`/accounts/${wallet}`);
    const { page } = session;
    await page.route(/\/token$/, async (route) => {
      const isRenewal = route.request().postData()?.includes('grant_type=refresh_token') ?? false;
      if (isRenewal) await endSession(route.request().postData()!);
      await route.continue();
    });
    await signIn(page);
    await page.getByText('Your session has ended').waitFor();
    await fits(page);
    assert.equal(page.url(), `${gateway}/accounts/${wallet}`);
  });

  it('says what to do when the person cancels', async () => {
    await using session = await open(`/accounts/${wallet}`);
    const { page } = session;
    await signInButton(page).click();
    await page.getByRole('link', { name: /Cancel/ }).click();
    await page.getByText('You were not let in').waitFor();
    await page.getByText('access_denied').waitFor();
    assert.equal(page.url(), `${gateway}/accounts/${wallet}`);
    await fits(page);
    await signIn(page);
    await page.getByRole('heading', { name: wallet }).waitFor();
  });

  it('says what to do when the provider is down, and goes on when it is up again', async () => {
    await provider.goDown();
    await using session = await open(`/accounts/${wallet}`);
    const { page } = session;
    await page.getByText('Your identity provider does not answer').waitFor();
    await fits(page);
    await provider.comeUp();
    await signIn(page);
    await page.getByRole('heading', { name: wallet }).waitFor();
  });

  it('says what to do when the token is for somebody else than Atlas', async () => {
    provider.conduct.audience = 'https://other.example';
    await using session = await open('/accounts');
    const { page } = session;
    await signIn(page);
    await page.getByText('Atlas does not accept this token').waitFor();
    await page.getByText('The token is for another audience than AUTH_AUDIENCE.').waitFor();
    await fits(page);
  });

  it('says what to do when the clock is off', async () => {
    await using session = await open('/signed-out');
    const { page } = session;
    await page.clock.install({ time: Date.now() + 3_600_000 });
    await signIn(page);
    await page.getByText('Your clock and that of your provider differ').waitFor();
  });

  it('uses no code that this tab has not asked for', async () => {
    await using session = await open('/signed-in?code=stolen&state=alien');
    const { page } = session;
    await page.getByText('This sign-in was not begun here').waitFor();
    assert.equal(page.url(), `${gateway}/`);
    // Nor one with another state than it has sent.
    await signInButton(page).click();
    await page.getByPlaceholder('Enter any login').waitFor();
    await page.goto('/signed-in?code=stolen&state=alien');
    await page.getByText('This sign-in was not begun here').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`offers its ways in readably on a ${name} in ${colorScheme}`, async () => {
        await using session = await open('/signed-out', { ...screen, colorScheme });
        const { page } = session;
        await signInButton(page).waitFor();
        await fits(page);
        await page.getByText('Use a token instead').click();
        await page.getByLabel('Token').waitFor();
        await fits(page);
      });
    }
  }

  /** Another sign-in's token, for what happens elsewhere. */
  async function tokenOf(): Promise<string> {
    await using session = await open('/accounts');
    return await signIn(session.page, 'bola');
  }

  /** As the provider's administrator would: its refresh token is good for nothing more. */
  async function endSession(renewal: string): Promise<void> {
    const body = new URLSearchParams(renewal);
    const token = body.get('refresh_token')!;
    const client_id = body.get('client_id')!;
    const { status } = await fetch(`${provider.issuer}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id }),
    });
    assert.equal(status, 200);
  }
});
