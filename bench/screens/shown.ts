// What a page shows at one moment, as it is written there.
import type { Page } from 'playwright-core';

/** A balance without a version is judged by when it was seen. */
export interface ShownBalance {
  readonly accountId: string;
  readonly text: string;
  readonly version?: number;
  readonly seenAtMs: number;
}

/** A row of payments or of entries: what its link names, and the amounts in its last cells. */
export interface ShownRow {
  readonly reference: string;
  readonly amounts: readonly string[];
}

/** The open account's large figure with its version, both of one frame. */
export async function openBalance(page: Page, accountId: string): Promise<ShownBalance> {
  const [text, state, seenAtMs] = await page.evaluate<[string, string, number]>(`[
    document.querySelector('.balance-value .amount').firstChild.textContent,
    document.querySelector('.account .state').textContent,
    Date.now(),
  ]`);
  const digits = /v([\d\u202f]+)/.exec(state)?.[1] ?? '';
  return { accountId, text, version: Number(digits.replaceAll('\u202f', '')), seenAtMs };
}

/** The balances in the list of accounts that are known by now. */
export async function listedBalances(page: Page): Promise<ShownBalance[]> {
  return await page.evaluate<ShownBalance[]>(`
    [...document.querySelectorAll('[role=table][aria-label=Accounts] .table-row:has(.amount)')].map((row) => ({
      accountId: decodeURIComponent(row.querySelector('a').pathname.split('/')[2]),
      text: row.querySelector('.amount').firstChild.textContent,
      seenAtMs: Date.now(),
    }))
  `);
}

export async function phoneBalance(page: Page, accountId: string): Promise<ShownBalance> {
  const text = await page.getByTestId('balance').innerText();
  return { accountId, text: text.split(' ')[0]!.trim(), seenAtMs: Date.now() };
}

/** @param amounts how many of the last cells are amounts */
export async function shownRows(page: Page, label: string, amounts: number): Promise<ShownRow[]> {
  return await page.evaluate<ShownRow[]>(`
    [...document.querySelectorAll('[role=table][aria-label=${label}] .table-row[data-index]')].map((row) => ({
      reference: new URL(row.querySelector('a').href).searchParams.get('find'),
      amounts: [...row.children].slice(-${amounts}).map((cell) => cell.textContent.split(' ')[0]),
    }))
  `);
}
