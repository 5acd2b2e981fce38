// The looks of the console that are kept as pictures: at least one of every page that the navigation offers.
// A page registers here with where it is, when it stands, and what a role would answer differently each time.
import type { Page } from 'playwright-core';
import {
  auditFigures,
  hubFigures,
  overloadFigures,
  telemetryFigures,
  timelineFigures,
} from './figures.ts';
import type { Figures } from './steady.ts';

export interface Look {
  /** Of the picture. */
  readonly name: string;
  readonly path: string;
  /** Waits until all that belongs in the picture is there. */
  readonly ready: (page: Page) => Promise<void>;
  /** What is written over the answers, by path: figures that no data set can fix, as they count or time a
   * process. */
  readonly figures?: Figures;
}

export const looks: readonly Look[] = [
  {
    name: 'overview',
    path: '/overview?range=15m',
    figures: telemetryFigures,
    async ready(page) {
      await page.getByText('Live', { exact: true }).first().waitFor();
      await page.getByText('Transfers posted').first().waitFor();
    },
  },
  {
    name: 'accounts',
    path: '/accounts',
    ready: (page) => page.getByRole('link', { name: /wallet_ada/ }).waitFor(),
  },
  {
    name: 'account',
    path: '/accounts/wallet_ada',
    async ready(page) {
      await page.getByText(/^Live/).first().waitFor();
      await page.getByText('The first entry of this account.').waitFor();
    },
  },
  {
    name: 'send',
    path: '/accounts/wallet_ada/send',
    ready: (page) => page.getByLabel('To account').waitFor(),
  },
  {
    name: 'new-account',
    path: '/accounts?new=account',
    ready: (page) => page.getByRole('dialog').getByLabel('Account id').waitFor(),
  },
  {
    name: 'payments',
    path: '/transfers',
    ready: (page) =>
      page
        .getByRole('row', { name: /Refused/ })
        .first()
        .waitFor(),
  },
  {
    name: 'payment',
    path: '/transfers?find=fund-ada',
    figures: timelineFigures,
    async ready(page) {
      await page.getByText(/^Posted /).waitFor();
      await page.getByText('Delivered').waitFor();
    },
  },
  {
    name: 'overload',
    path: '/overload',
    figures: overloadFigures,
    async ready(page) {
      await page.getByText('Live', { exact: true }).nth(2).waitFor();
      await page.getByText('as the settings say').waitFor();
    },
  },
  {
    name: 'realtime',
    path: '/realtime',
    figures: hubFigures,
    async ready(page) {
      await page.getByText('Serving').waitFor();
      await page.getByText('2 of 2 connections').waitFor();
    },
  },
  {
    name: 'audit',
    path: '/audit',
    figures: auditFigures,
    ready: (page) => page.getByRole('row', { name: /ngozi/ }).first().waitFor(),
  },
];
