// The screens that stay open while a town pays. Each is in a window of its own, so that none is put to sleep as
// hidden, and without motion, so that a figure on it is never between two values.
import type { AtlasClient } from '@atlas/client';
import type { Page } from 'playwright-core';
import { developmentKeys } from '../../src/platform/development-keys.ts';
import { desktop } from '../../test/console.ts';
import { startPhones } from '../../test/mobile/phone.ts';
import type { Atlas } from '../support/atlas.ts';
import { judgeBalance, judgeEntries, judgePayment, type Verdict } from './judge.ts';
import type { Place } from './place.ts';
import { listedBalances, openBalance, phoneBalance, shownRows } from './shown.ts';

/** The shop of the town that is paid most often, and somebody who pays there. */
const shop = 'town:grocer:NGN';
const person = 'msisdn::2348100000001';
/** A figure is never between two values. */
const still = { ...desktop, reducedMotion: 'reduce' } as const;
/** Of the payments in sight, so that judging is no load of its own. */
const paymentsJudged = 10;

export interface Screen {
  readonly name: string;
  readonly page: Page;
  /** Compares what is on it with the book. */
  readonly judge: (api: AtlasClient) => Promise<readonly Verdict[]>;
}

export async function openConsole(stack: AsyncDisposableStack, { open }: Place): Promise<Screen[]> {
  const pageOf = async (path: string) => stack.use(await open(path, still)).page;
  const overview = await pageOf('/overview');
  const payments = await pageOf('/transfers');
  const account = await pageOf(`/accounts/${shop}?prefix=town`);
  await account.locator('.balance-value .amount').waitFor();
  return [
    { name: 'Overview', page: overview, judge: async () => [] },
    {
      name: 'Payments',
      page: payments,
      async judge(api) {
        const rows = await shownRows(payments, 'Payments', 1);
        return Promise.all(rows.slice(0, paymentsJudged).map((row) => judgePayment(api, row)));
      },
    },
    {
      name: 'Account',
      page: account,
      async judge(api) {
        const balances = [await openBalance(account, shop), ...(await listedBalances(account))];
        const rows = await shownRows(account, 'Entries', 2);
        const verdicts = [];
        for (const balance of balances) verdicts.push(await judgeBalance(api, balance));
        return [...verdicts, ...(await judgeEntries(api, shop, rows))];
      },
    },
  ];
}

/** The app's web export in a browser of its own, of one who has a single account. */
export async function openPhone(stack: AsyncDisposableStack, atlas: Atlas): Promise<Screen> {
  const phones = await startPhones(stack, atlas.urls);
  const keys = await developmentKeys(atlas.folder);
  const token = await keys.sign({
    tenant: 'tnt_demo',
    subject: 'ada',
    accounts: [person],
    scope: 'transfers balances accounts',
    ttlSeconds: 24 * 3_600,
  });
  const { page } = stack.use(await phones.open(`token=${token}`));
  await page.getByTestId('balance').waitFor();
  return {
    name: 'Phone',
    page,
    judge: async (api) => [await judgeBalance(api, await phoneBalance(page, person))],
  };
}
