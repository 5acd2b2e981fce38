// Networks that take everything and bring nothing: no connection breaks, so the app has to find out by itself.
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { balanceShown, isLive, send, stateShown, tap } from '../hands.ts';
import { oneByOne, ownLine } from '../own-line.ts';
import { timed } from '../timed.ts';
import type { Town } from '../town.ts';

export function silence(town: () => Town): void {
  describe('in networks that swallow everything', oneByOne, () => {
    const at = ownLine(town, [0]);

    it('noticed without a word, and right and live with the first answer', async (t) => {
      await using ada = await town().person(at());
      const { page } = ada;
      at().swallow(true);
      await stateShown(page, /^Updating… · as of /);
      await stateShown(page, /^Offline · as of /);
      await balanceShown(page, '100.00');
      await town().pay(ada.name, '500', 'Into the void');
      at().swallow(false);
      await timed(t, 'swallowing network', () => isLive(page, '105.00'));
      await page.getByRole('button', { name: /Into the void/ }).waitFor();
    });

    it('whoever touches the screen has the hub asked, and is not left to believe it', async (t) => {
      const { name, token } = await town().newcomer();
      await using session = await at().open('');
      const { page } = session;
      const opened = page.waitForEvent('websocket');
      await page.getByLabel('Token', { exact: true }).fill(await token());
      await tap(page, 'Sign in');
      await isLive(page, '100.00');
      const hub = await opened;
      at().swallow(true);
      const swallowedAt = performance.now();
      const asked = hub.waitForEvent('framesent', ({ payload }) => payload.includes(name));
      // What was heard a moment ago need not be asked for: somebody who goes on touching asks soon.
      const touching = touchUntil(page, asked);
      await asked;
      await stateShown(page, /^Updating… · as of /);
      const ms = performance.now() - swallowedAt;
      t.diagnostic(`touch: not called live ${ms.toFixed(0)} ms after the network was gone`);
      await touching;
      await stateShown(page, /^Reconnecting… · as of /);
      await town().pay(name, '500', 'Into the void');
      at().swallow(false);
      await timed(t, 'touched in a swallowing network', () => isLive(page, '105.00'));
    });

    it('a transfer that is swallowed: pending, and sent once as soon as there is a network', async (t) => {
      await using ada = await town().person(at());
      const { page } = ada;
      at().swallow(true);
      await send(page, { to: ada.savings, amount: '40' });
      await tap(page, 'Done');
      await page.getByRole('heading', { name: 'Pending' }).waitFor();
      await stateShown(page, /^Offline · as of /);
      at().swallow(false);
      await timed(t, 'swallowed transfer', () => isLive(page, '60.00'));
      await page.getByRole('heading', { name: 'Pending' }).waitFor({ state: 'detached' });
    });
  });
}

/** Somebody whose finger is on the screen, on nothing that does anything. */
async function touchUntil(page: Page, over: Promise<unknown>): Promise<void> {
  let isOver = false;
  void over.then(() => (isOver = true));
  while (!isOver) await page.getByText('Available').tap();
}
