// What a person does with the app, and how they see that it has worked.
import type { Page } from 'playwright-core';

export interface Draft {
  readonly to: string;
  /** As it is typed: "12.5". */
  readonly amount: string;
  readonly note?: string;
}

export function tap(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click();
}

/** On the amount's own keys. */
export async function type(page: Page, amount: string): Promise<void> {
  for (const key of amount) await tap(page, key === '.' ? 'Decimal point' : key);
}

/** From home to the step in which the amount stands. */
export async function draft(page: Page, { to, amount, note }: Draft): Promise<void> {
  await tap(page, 'Send');
  await page.getByLabel('To account').fill(to);
  await tap(page, 'Next');
  await type(page, amount);
  if (note !== undefined) await page.getByLabel('Note').fill(note);
}

/** From home until it is sent. */
export async function send(page: Page, what: Draft): Promise<void> {
  await draft(page, what);
  await tap(page, 'Next');
  await page.getByRole('button', { name: /^Send \d/ }).click();
}

/** The balance as it is read. */
export async function balanceShown(page: Page, text: string): Promise<void> {
  const shown = new RegExp(`^${text.replaceAll('.', '\\.')} [A-Z]{3}$`);
  await page.getByTestId('balance').filter({ hasText: shown }).waitFor();
}

/** The state of the balance in words. */
export async function stateShown(page: Page, text: string | RegExp): Promise<void> {
  await page.getByRole('status').getByText(text).waitFor();
}

export async function isLive(page: Page, amount: string): Promise<void> {
  await balanceShown(page, amount);
  await stateShown(page, /^Live$/);
}
