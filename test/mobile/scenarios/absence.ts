// A phone that nobody looks at for a while, and a token that ends meanwhile.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { balanceShown, isLive, stateShown, tap } from '../hands.ts';
import { oneByOne, ownLine } from '../own-line.ts';
import { timed } from '../timed.ts';
import type { Town } from '../town.ts';

export function absence(town: () => Town): void {
  describe('when it is put away, or its token ends', oneByOne, () => {
    const at = ownLine(town, [0]);

    it('the token: it says so, keeps the balance in sight, and goes on with a new one', async (t) => {
      const { name, token } = await town().newcomer();
      await using session = await at().open(`token=${await token({ ttlSeconds: 8 })}`);
      const { page } = session;
      await isLive(page, '100.00');
      await stateShown(page, /^Signed out · as of /);
      await balanceShown(page, '100.00');
      await town().pay(name, '500', 'Meanwhile');
      await tap(page, 'Sign in');
      await page.getByLabel('Token', { exact: true }).fill(await token());
      await tap(page, 'Sign in');
      await timed(t, 'token expiry', () => isLive(page, '105.00'));
    });

    it('the background: after five seconds nothing is connected; back, it is right at once', async (t) => {
      const { name, token } = await town().newcomer();
      await using session = await at().open('');
      const { page } = session;
      const socket = page.waitForEvent('websocket');
      await page.getByLabel('Token', { exact: true }).fill(await token());
      await tap(page, 'Sign in');
      await isLive(page, '100.00');
      const closed = (await socket).waitForEvent('close', { timeout: 20_000 });
      await seen(page, 'hidden');
      await closed;
      await town().pay(name, '500', 'In the background');
      const [read] = await Promise.all([
        page.waitForRequest(/\/ledger\/accounts\/.*\/balance/),
        seen(page, 'visible'),
      ]);
      assert.equal(new URL(read.url()).hostname, 'ledger.atlas.test', 'read past the gateway');
      await timed(t, 'foreground', () => isLive(page, '105.00'));
    });
  });
}

/** As the browser tells a page that its tab is no longer, or again, in front. */
async function seen(page: Page, state: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    const { document, Event } = globalThis as unknown as {
      document: object & { dispatchEvent(event: object): void };
      Event: new (name: string) => object;
    };
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: state });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
}
