// Signing in to the phone app at a real OpenID provider, in the window that it opens, against every role on the
// embedded engines.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page, WebSocket } from 'playwright-core';
import { roleNames } from '../../src/platform/role.ts';
import { fits } from '../console.ts';
import { audience, startIdentityProvider, type IdentityProvider } from '../identity-provider.ts';
import { Client, columns, startSystem, type System } from '../system.ts';
import { balanceShown, isLive, stateShown } from './hands.ts';
import { origin, slowStart, startPhones, type Phones } from './phone.ts';

const wallet = 'acc_ada';

describe('signing in to the phone app at an identity provider', { timeout: 480_000 }, () => {
  const resources = new AsyncDisposableStack();
  let provider: IdentityProvider;
  let system: System;
  let phones: Phones;
  /** With a token of another sign-in. */
  let bola: Client;

  before(async () => {
    provider = resources.use(await startIdentityProvider());
    const settings = { ...provider.settings, CORS_ORIGINS: origin };
    system = resources.use(await startSystem(columns[0]!, settings, new Set(roleNames)));
    phones = await startPhones(resources, system.urls);
    provider.serve(system.urls.gateway, origin);
    await using session = await phones.open('');
    bola = new Client(system.urls, await signIn(session.page, 'bola'));
    await bola.open('mint', null);
    await bola.open(wallet);
    await pay('salary', '10000');
  }, slowStart);
  beforeEach(() => {
    Object.assign(provider.conduct, { accessSeconds: 600, refreshTokens: true, audience });
  });
  after(() => resources.disposeAsync());

  const signInButton = (page: Page) =>
    page.getByRole('button', { name: /^Sign in with localhost/ });

  /** Presses what opens a window of the provider; its pages ask a third party for a font, and get none. */
  async function windowOf(page: Page, press: () => Promise<void>): Promise<Page> {
    await page.context().route(/googleapis/, (route) => route.abort());
    const opened = page.context().waitForEvent('page');
    await press();
    return opened;
  }

  /** Through the provider's pages; resolves to the access token that it gave. */
  async function signIn(page: Page, name = 'ada'): Promise<string> {
    const window = await windowOf(page, () => signInButton(page).click());
    await window.getByPlaceholder('Enter any login').fill(name);
    await window.getByPlaceholder('and password').fill('secret');
    await window.getByRole('button', { name: 'Sign-in' }).click();
    const given = page.waitForResponse((response) => response.url().endsWith('/token'));
    await window.getByRole('button', { name: 'Continue' }).click();
    return ((await (await given).json()) as { access_token: string }).access_token;
  }

  async function pay(key: string, minor: string): Promise<void> {
    assert.equal((await bola.transfer(key, 'mint', wallet, minor)).status, 201);
  }

  it('comes back with the balance, by code and PKCE, and the tokens are in memory alone', async () => {
    await using session = await phones.open('');
    const { page } = session;
    const asked = page
      .context()
      .waitForEvent('request', (request) => /\/auth\?.*code_challenge/.test(request.url()));
    const token = await signIn(page);
    await isLive(page, '100.00');
    const { searchParams } = new URL((await asked).url());
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.equal(searchParams.get('client_id'), 'atlas-mobile');
    assert.match(searchParams.get('scope')!, /offline_access/);
    assert.doesNotMatch(searchParams.get('scope')!, /ops/);
    const kept = await page.evaluate<string>(
      'JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie, location.href])',
    );
    assert.ok(!kept.includes(token) && !kept.includes('code='), kept);
    assert.equal(page.context().pages().length, 1, 'its window is closed');
  });

  it('renews its token before it ends, on the connection that stands', async () => {
    await pay('before', '100');
    provider.conduct.accessSeconds = 6;
    await using session = await phones.open('');
    const { page } = session;
    const sockets: WebSocket[] = [];
    page.on('websocket', (socket) => sockets.push(socket));
    const client = new Client(system.urls, await signIn(page));
    await stateShown(page, /^Live$/);
    const renewals: string[] = [];
    for (let renewal = 0; renewal < 3; renewal += 1) {
      const answer = await page.waitForResponse((response) => response.url().endsWith('/token'));
      renewals.push(((await answer.json()) as { refresh_token: string }).refresh_token);
    }
    assert.equal(new Set(renewals).size, 3, 'each refresh token is used once');
    provider.conduct.accessSeconds = 600;
    // The first token is past its end by now: only who renews can still see this.
    assert.equal((await client.balance(wallet)).status, 401);
    await pay('while-renewing', '1250');
    await isLive(page, '113.50');
    assert.equal(sockets.length, 1);
    assert.equal(sockets[0]!.isClosed(), false);
  });

  it('says so when the provider has ended the session, keeps the balance, and goes on with a new one', async () => {
    provider.conduct.accessSeconds = 8;
    await using session = await phones.open('');
    const { page } = session;
    await page.route(/\/token$/, async (route) => {
      const renewal = new URLSearchParams(route.request().postData() ?? '');
      if (renewal.get('grant_type') === 'refresh_token') await endSession(renewal);
      await route.continue();
    });
    await signIn(page);
    await isLive(page, '113.50');
    await stateShown(page, /^Signed out · as of /);
    await balanceShown(page, '113.50');
    await page.unroute(/\/token$/);
    provider.conduct.accessSeconds = 600;
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    // The provider still knows the person, and asks for consent again.
    const window = await windowOf(page, () => signInButton(page).click());
    await window.getByRole('button', { name: 'Continue' }).click();
    await isLive(page, '113.50');
  });

  it('signs out here, in every role and at the provider: sockets close and nothing is kept', async () => {
    await using session = await phones.open('');
    const { page } = session;
    const socket = page.waitForEvent('websocket');
    const token = await signIn(page);
    await isLive(page, '113.50');
    await page.waitForFunction('Object.keys(localStorage).some((k) => k.includes("balance"))');
    const isClosed = (await socket).waitForEvent('close');
    const revoked = page.waitForResponse(/\/token\/revocation$/);
    await page.getByRole('button', { name: 'You' }).click();
    await page.getByText('ada', { exact: true }).waitFor();
    const window = await windowOf(page, () =>
      page.getByRole('button', { name: 'Sign out' }).click(),
    );
    await signInButton(page).waitFor();
    await window.getByRole('button', { name: 'Yes, sign me out' }).click();
    assert.equal((await revoked).status(), 200);
    await isClosed;
    assert.equal((await new Client(system.urls, token).balance(wallet)).status, 401);
    await page.waitForFunction('Object.keys(localStorage).length === 0');
    const again = await windowOf(page, () => signInButton(page).click());
    await again.getByPlaceholder('Enter any login').waitFor();
  });

  it('says what to do when the person cancels, or closes the window', async () => {
    await using session = await phones.open('');
    const { page } = session;
    const window = await windowOf(page, () => signInButton(page).click());
    await window.getByRole('link', { name: /Cancel/ }).click();
    await page.getByText('You were not let in.').waitFor();
    await fits(page);
    const other = await windowOf(page, () => signInButton(page).click());
    await other.close();
    await signIn(page);
    await isLive(page, '113.50');
  });

  it('says so when the provider is down, and goes on when it is up again', async () => {
    await provider.goDown();
    await using session = await phones.open('');
    const { page } = session;
    await signInButton(page).click();
    await page.getByText('Your identity provider does not answer.').waitFor();
    await provider.comeUp();
    await signIn(page);
    await isLive(page, '113.50');
  });

  it('says what to do when the token is for somebody else than Atlas', async () => {
    provider.conduct.audience = 'https://other.example';
    await using session = await phones.open('');
    const { page } = session;
    await signIn(page);
    await page.getByText('Atlas does not take its token').waitFor();
    await page.getByText('The token is for another audience than AUTH_AUDIENCE.').waitFor();
    await fits(page);
  });

  /** As the provider's administrator would: its refresh token is good for nothing more. */
  async function endSession(renewal: URLSearchParams): Promise<void> {
    const [token, client_id] = [renewal.get('refresh_token')!, renewal.get('client_id')!];
    const { status } = await fetch(`${provider.issuer}/token/revocation`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id }),
    });
    assert.equal(status, 200);
  }
});
