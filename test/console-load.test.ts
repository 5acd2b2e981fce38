// Loading a system from its own console, in a real Chromium: the real generator against every role on the
// embedded engines, with a ceiling that its spike goes over.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';

/** Accounts are opened first, and the generator waits for the last answers. */
const slowly = { timeout: 120_000 };

describe('a load from the overload page', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources, { LS_RATE_PER_SEC: '40', LS_BURST: '40' });
  }, slowStart);
  after(() => resources.disposeAsync());

  it(
    'runs within its bounds, is watched from inside and outside, and is recorded',
    slowly,
    async () => {
      await using session = await atlas.open('/overload');
      const { page } = session;
      const panel = page.getByRole('region', { name: 'Load' });
      const [none] = await Promise.all([page.waitForResponse(/\/load-runs$/), page.reload()]);
      assert.equal(none.status(), 200, 'that there was none is no failure');
      await panel.getByLabel('Arrivals a second').fill('3000');
      await panel.getByRole('button', { name: 'Run the load' }).click();
      await panel.getByText('From 1 to 300.').waitFor();
      await panel.getByLabel('Arrivals a second').fill('30');
      await panel.getByLabel('Seconds').fill('8');
      await panel.getByRole('button', { name: 'Run the load' }).click();
      await panel.getByText(/^(Opening accounts|Running): shedding, 30\/s for 8 s$/).waitFor();
      const second = { scenario: 'reads', ratePerSecond: 1, seconds: 5 };
      const refused = await atlas.client.send('POST', '/load-runs', second);
      assert.deepEqual([refused.status, refused.body.code], [409, 'load_running']);

      await page.getByText(/^Refused by: .*ceiling/).waitFor({ timeout: 60_000 });
      await panel.getByText(/^Done: shedding/).waitFor({ timeout: 60_000 });
      await panel.getByText(/goodput of payments in the spike/).waitFor();
      const [run] = (await atlas.client.get('/load-runs')).body.items;
      const last = run.moments.at(-1).classes;
      const shed = last.reduce((sum: number, counts: { shed: number }) => sum + counts.shed, 0);
      assert.ok(shed > 0, JSON.stringify(last));
      const seen = panel.getByRole('table', { name: 'What its customers see' });
      await seen.getByRole('row', { name: /^normal/ }).waitFor();
      await fits(page);

      await page.goto(`${atlas.gateway}/audit?action=operator.load`);
      await page
        .getByRole('row', { name: /Ran a load/ })
        .nth(1)
        .waitFor();
    },
  );

  it('is stopped, and the next may begin', slowly, async () => {
    await using session = await atlas.open('/overload', phone);
    const { page } = session;
    const panel = page.getByRole('region', { name: 'Load' });
    await panel.getByLabel('Scenario').selectOption('reads');
    await panel.getByLabel('Seconds').fill('60');
    await panel.getByRole('button', { name: 'Run the load' }).click();
    await panel.getByText(/^Running: reads/).waitFor({ timeout: 60_000 });
    await fits(page);
    await panel.getByRole('button', { name: 'Stop' }).click();
    await panel.getByText(/^Stopped before its end: reads/).waitFor();
    await panel.getByRole('button', { name: 'Run the load' }).waitFor();
  });

  it('is not offered to who may not see the overload', async () => {
    const other = await atlas.system.client({ scope: 'transfers balances' });
    const order = { scenario: 'reads', ratePerSecond: 1, seconds: 5 };
    assert.equal((await other.send('POST', '/load-runs', order)).status, 403);
    assert.equal((await other.get('/load-runs')).status, 403);
  });
});
