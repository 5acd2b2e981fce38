// A phone without a network, and with one that is somebody else's: each ends in the right balance, and says meanwhile
// that what is seen is not live.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { balanceShown, isLive, stateShown, tap } from '../hands.ts';
import { oneByOne, ownLine } from '../own-line.ts';
import { origin } from '../phone.ts';
import { timed } from '../timed.ts';
import type { Town } from '../town.ts';

export function networks(town: () => Town): void {
  describe('in networks that come and go', oneByOne, () => {
    const at = ownLine(town, [0]);

    it('flight mode: at once offline, and live again with what happened meanwhile', async (t) => {
      await using ada = await town().person(at());
      const { page } = ada;
      await page.context().setOffline(true);
      await stateShown(page, /^Offline · as of \d\d:\d\d$/);
      await page.getByText('This phone has no network.').waitFor();
      await balanceShown(page, '100.00');
      await town().pay(ada.name, '500', 'In the air');
      await page.context().setOffline(false);
      await timed(t, 'flight mode', () => isLive(page, '105.00'));
      await page.getByRole('button', { name: /In the air/ }).waitFor();
    });

    for (const portal of ['page', 'redirect'] as const) {
      it(`a network that answers in place of Atlas with a ${portal}`, async (t) => {
        await using ada = await town().person(at());
        const { page } = ada;
        at().capture(portal);
        await stateShown(page, /^Offline · as of /);
        // What a browser follows elsewhere it does not tell the page.
        const advice = {
          page: 'It may want you to sign in to it first.',
          redirect: 'does not answer',
        };
        await page.getByText(advice[portal]).waitFor();
        await balanceShown(page, '100.00');
        await town().pay(ada.name, '500', 'Behind the portal');
        at().capture(undefined);
        await timed(t, `portal by ${portal}`, () => isLive(page, '105.00'));
      });
    }

    it('a start without a network: the last balance and entries, grey, with their age', async () => {
      const { token } = await town().newcomer();
      await using session = await at().open(`token=${await token()}`);
      const { page } = session;
      await isLive(page, '100.00');
      await page.getByRole('button', { name: /Salary/ }).waitFor();
      await page.waitForFunction('Object.keys(localStorage).some((k) => k.includes("balance"))');
      const unreachable = /http:\/\/\w+\.atlas\.test\//;
      await page.route(unreachable, (route) => route.abort());
      await page.routeWebSocket(/atlas\.test/, (socket) => socket.close());
      await page.goto('about:blank');
      await page.goto(`${origin}/#token=${await token()}`);
      await balanceShown(page, '100.00');
      await page.getByRole('button', { name: /Salary/ }).waitFor();
      await stateShown(page, /^(Updating…|Offline) · as of /);
    });

    it('nothing kept and no network: the balance is unknown, and not 0', async () => {
      const { token } = await town().newcomer();
      await using session = await at().open('');
      const { page } = session;
      await page.getByLabel('Token', { exact: true }).waitFor();
      await page.route(/http:\/\/\w+\.atlas\.test\//, (route) => route.abort());
      await page.getByLabel('Token', { exact: true }).fill(await token());
      await tap(page, 'Sign in');
      await page.getByText('Not known yet').waitFor();
      await stateShown(page, 'Offline');
      assert.equal(await page.getByTestId('balance').count(), 0);
    });
  });
}
