// What the screens show, and what the person who holds them does to see it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { draft, isLive, tap } from '../hands.ts';
import { oneByOne, ownLine } from '../own-line.ts';
import type { Town } from '../town.ts';

export function seeing(town: () => Town): void {
  describe('its screens', oneByOne, () => {
    const at = ownLine(town, [0]);

    it('show the balance live: what is paid elsewhere arrives, with its entry', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      assert.equal(new URL(page.url()).hash, '', 'the token does not stay in the address');
      await town().pay(ada.name, '1250', 'Refund 8841');
      await isLive(page, '112.50');
      await page.getByRole('button', { name: /Refund 8841.*\+12\.50/ }).waitFor();
      await page.getByText('v2', { exact: true }).waitFor();
    });

    it('stand still where that is wanted: a new balance is there at once', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      const seen = page.evaluate<string[]>(watchBalance);
      await town().pay(ada.name, '900000', 'Bonus');
      assert.deepEqual(new Set(await seen), new Set(['9,100.00 EUR']));
      await page.getByRole('button', { name: /Bonus/ }).waitFor();
      assert.equal(await page.getByTestId('glow').count(), 0);
      assert.equal(await page.evaluate('document.getAnimations().length'), 0);
    });

    it('light up a new entry once, where motion is wanted', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      await page.emulateMedia({ reducedMotion: 'no-preference' });
      await page.getByRole('button', { name: /Salary/ }).waitFor();
      const glowing = page.evaluate<string[]>(watchGlow);
      await town().pay(ada.name, '900000', 'Bonus');
      const rows = await glowing;
      assert.match(rows[0]!, /Bonus/);
      assert.equal(new Set(rows).size, 1, 'no other row');
    });

    it('hide the balance on every screen, and choose among several accounts', async () => {
      await using ada = await town().person(at());
      const { page, name, savings } = ada;
      await page.getByRole('button', { name: /Salary/ }).waitFor();
      await tap(page, '100.00 EUR. Hide the balance');
      assert.equal(await page.getByText('100.00').count(), 0);
      await draft(page, { to: savings, amount: '1' });
      await page.getByText('Available: ••••').waitFor();
      assert.equal(await page.getByText('100.00').count(), 0);
      for (let step = 0; step < 2; step += 1) await tap(page, 'Back');
      await tap(page, 'EUR. Show the balance');
      await tap(page, 'Accounts');
      await page.getByRole('button', { name: `${name} 100.00 EUR`, exact: true }).waitFor();
      await page.getByRole('button', { name: `${savings} 0.00 EUR`, exact: true }).click();
      await isLive(page, '0.00');
      await page.getByText('Nothing yet.').waitFor();
    });

    it('find an entry by what people remember of it', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      await town().pay(ada.name, '123400', 'Lunch');
      await page.getByRole('button', { name: /Lunch/ }).waitFor();
      const search = page.getByLabel('Search the entries');
      for (const text of ['lun', '1234']) {
        await search.fill(text);
        await page.getByRole('button', { name: /Salary/ }).waitFor({ state: 'detached' });
        await page.getByRole('button', { name: /Lunch/ }).waitFor();
        await search.fill('');
        await page.getByRole('button', { name: /Salary/ }).waitFor();
      }
      await page.getByRole('button', { name: /Lunch/ }).click();
      await page.getByText('Balance after').waitFor();
      await page.getByText('1,334.00 EUR').waitFor();
    });

    it('sign out here and everywhere', async () => {
      await using ada = await town().person(at());
      const { page } = ada;
      await tap(page, 'You');
      await page.getByText(ada.name, { exact: true }).waitFor();
      await Promise.all([page.waitForResponse(/\/sessions\/current$/), tap(page, 'Sign out')]);
      await page.getByLabel('Token', { exact: true }).fill('not a token');
      await tap(page, 'Sign in');
      await page.getByText('That is not a token.').waitFor();
      assert.deepEqual(await page.evaluate('Object.keys(localStorage)'), []);
    });
  });
}

/** Resolves to every text of the balance until it is the wanted one. */
const watchBalance = `new Promise((resolve) => {
  const balance = document.querySelector('[data-testid="balance"]');
  const seen = [];
  new MutationObserver(() => {
    seen.push(balance.textContent);
    if (balance.textContent.startsWith('9,100.00')) resolve(seen);
  }).observe(balance, { characterData: true, childList: true, subtree: true });
})`;

/** Resolves to the rows that were seen glowing, when none does any more. */
const watchGlow = `new Promise((resolve) => {
  const seen = [];
  new MutationObserver(() => {
    const glows = [...document.querySelectorAll('[data-testid="glow"]')];
    seen.push(...glows.map((glow) => glow.closest('[role="button"]').textContent));
    if (glows.length === 0 && seen.length > 0) resolve(seen);
  }).observe(document.body, { childList: true, subtree: true });
})`;
