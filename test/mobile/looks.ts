// The looks of the phone app that are kept as pictures: each of its screens, and each state of the balance. What
// a look does before its picture is what a person does to come there.
import type { Page } from 'playwright-core';
import { now, type Figures } from '../looks/steady.ts';
import { draft, send, stateShown, tap, type } from './hands.ts';

export interface MobileLook {
  /** Of the picture. */
  readonly name: string;
  /** Who looks: accounts of the token; without any nobody is signed in. */
  readonly accounts?: readonly string[];
  /** Comes to what is to be seen, and waits until it is there. */
  readonly go: (page: Page) => Promise<void>;
  /** Written over the answers, by path. */
  readonly figures?: Figures;
}

const wallet = ['wallet_ada', 'msisdn::2348100000001', 'shop_tokyo'];

async function home(page: Page): Promise<void> {
  await stateShown(page, /^Live$/);
  await page
    .getByRole('button', { name: /wallet_bola/ })
    .first()
    .waitFor();
}

const fees = { to: 'wallet_bola', amount: '1250.50', note: 'School fees, second term' };

/** A transfer whose request is lost on the way. */
async function lost(page: Page): Promise<void> {
  await page.route(/\/payments\/transfers/, (route) => route.abort());
  await home(page);
  await send(page, fees);
  await page.getByText('It is being tried again').waitFor();
}

const atProvider: Figures = {
  '/mobile.json': {
    signIn: {
      issuer: 'https://id.bank.example',
      clientId: 'atlas-mobile',
      scope: 'openid',
      audience: null,
    },
    developmentTokens: false,
  },
};

export const mobileLooks: readonly MobileLook[] = [
  {
    name: 'sign-in',
    figures: atProvider,
    go: (page) => page.getByRole('button', { name: /^Sign in with/ }).waitFor(),
  },
  {
    name: 'sign-in-token',
    async go(page) {
      await page.getByLabel('Token', { exact: true }).fill('not a token');
      await tap(page, 'Sign in');
      await page.getByText('That is not a token.').waitFor();
    },
  },
  { name: 'home', accounts: wallet, go: home },
  {
    name: 'home-hidden',
    accounts: wallet,
    async go(page) {
      await home(page);
      await page.getByTestId('balance').click();
      await page.getByRole('button', { name: 'Show the balance' }).waitFor();
    },
  },
  {
    name: 'home-offline',
    accounts: wallet,
    async go(page) {
      await home(page);
      await page.context().route('**', (route) => route.abort());
      await page.context().setOffline(true);
      // The loss has the time at which the page hears of it, so the clock goes on only then.
      await stateShown(page, /^Offline · as of 15:05$/);
      await page.clock.setFixedTime(now + 12 * 60_000);
      await page.getByText('12 min ago').waitFor();
    },
  },
  {
    name: 'search',
    accounts: wallet,
    async go(page) {
      await home(page);
      await page.getByLabel('Search the entries').fill('school');
      await page.getByRole('button', { name: /Rent/ }).first().waitFor({ state: 'detached' });
    },
  },
  {
    name: 'accounts',
    accounts: [...wallet, 'wallet_nobody'],
    async go(page) {
      await home(page);
      await tap(page, 'Accounts');
      await page.getByText('Not available').waitFor();
    },
  },
  {
    name: 'send',
    accounts: wallet,
    async go(page) {
      await home(page);
      await tap(page, 'Send');
      await page.getByRole('heading', { name: 'Recent' }).waitFor();
    },
  },
  {
    name: 'send-amount',
    accounts: wallet,
    async go(page) {
      await home(page);
      await draft(page, fees);
    },
  },
  {
    name: 'send-confirm',
    accounts: wallet,
    async go(page) {
      await home(page);
      await draft(page, fees);
      await tap(page, 'Next');
      await page.getByRole('button', { name: /^Send 1,250/ }).waitFor();
    },
  },
  {
    name: 'refused',
    accounts: ['wallet_efe'],
    async go(page) {
      await stateShown(page, /^Live$/);
      await send(page, { to: 'wallet_ada', amount: '999999999' });
      await page.getByText('The available balance is too low.').waitFor();
    },
  },
  { name: 'sending', accounts: wallet, go: lost },
  {
    name: 'pending',
    accounts: wallet,
    async go(page) {
      await lost(page);
      await tap(page, 'Done');
      await page.getByRole('heading', { name: 'Pending' }).waitFor();
    },
  },
  {
    name: 'receipt',
    accounts: ['treasury'],
    async go(page) {
      await stateShown(page, /^Live$/);
      await send(page, { to: 'msisdn::2348100000001', amount: '25' });
      await page.getByRole('heading', { name: 'Receipt' }).waitFor();
    },
  },
  {
    name: 'entry',
    accounts: wallet,
    async go(page) {
      await home(page);
      await page
        .getByRole('button', { name: /wallet_bola/ })
        .first()
        .click();
      await page.getByRole('heading', { name: 'Entry' }).waitFor();
    },
  },
  {
    name: 'request',
    accounts: wallet,
    async go(page) {
      await home(page);
      await tap(page, 'Request');
      await type(page, '42');
    },
  },
  {
    name: 'you',
    accounts: wallet,
    async go(page) {
      await home(page);
      await tap(page, 'You');
      await page.getByText('ada@example.com').waitFor();
    },
  },
];
