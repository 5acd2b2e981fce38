// The console's realtime page in a real Chromium: who is connected to the hub over which transport, and
// ending one of them, against every role on the embedded engines and the official client.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import type { BrowserContextOptions } from 'playwright-core';
import { desktop, fits, phone, slowStart, startConsole, type TestConsole } from './console.ts';

describe('the realtime page', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    const { client } = atlas;
    for (const account of ['mint', 'acc_ada', 'acc_bola']) await client.open(account, null);
  }, slowStart);
  after(() => resources.disposeAsync());

  const open = (path: string, options?: BrowserContextOptions) =>
    atlas.open(path, options, { subject: 'op' });

  /** Somebody who watches accounts. */
  async function connect(
    subject: string,
    accounts: readonly string[],
    transport: HttpTransportType,
  ) {
    const token = await atlas.system.token({ subject });
    const hub = new HubConnectionBuilder()
      .withUrl(`${atlas.gateway}/ws`, { transport, accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    const closed = new Promise<Error | undefined>((resolve) => hub.onclose(resolve));
    await hub.start();
    await hub.invoke('SubscribeMultipleBalances', accounts);
    return { hub, closed, [Symbol.asyncDispose]: () => hub.stop() };
  }

  it('shows the replicas, and who is connected how and to how much, as they come and go', async () => {
    await using session = await open('/realtime');
    const { page } = session;
    const replicas = page.getByRole('table', { name: 'Replicas' });
    await replicas.getByText('Serving').waitFor();
    await page.getByText('Nobody is connected.').waitFor();
    const ada = await connect('ada', ['mint', 'acc_ada'], HttpTransportType.LongPolling);
    const row = page.getByRole('row', { name: /ada/ });
    await row.waitFor();
    assert.match(
      await row.innerText(),
      /ada\s+Long polling\s+\d\d:\d\d:\d\d\s+2\s+0 B\s+0\s+Up to date/,
    );
    await using _bola = await connect('bola', ['acc_bola'], HttpTransportType.WebSockets);
    await page.getByRole('row', { name: /bola\s+WebSocket/ }).waitFor();
    await page.getByText('2 of 2 connections').waitFor();
    await ada.hub.stop();
    await row.waitFor({ state: 'detached' });
  });

  it('is not called live while nobody answers, and is again when somebody does', async () => {
    await using session = await open('/realtime');
    const { page } = session;
    await page.getByText('Live', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText(/^No answer since .*; asking on$/).waitFor();
    await page.getByText('Serving').waitFor();
    await page.context().setOffline(false);
    await page.getByText('Live', { exact: true }).waitFor();
  });

  it('narrows the list by filters that stand in the address', async () => {
    await using _ada = await connect('ada', ['acc_ada'], HttpTransportType.WebSockets);
    await using _bola = await connect('bola', ['acc_bola'], HttpTransportType.WebSockets);
    await using session = await open('/realtime');
    const { page } = session;
    await page.getByText('2 of 2 connections').waitFor();
    await page.getByRole('button', { name: 'Watches' }).click();
    await page.getByLabel('Watches').last().fill('acc_bola');
    await page.keyboard.press('Enter');
    await page.getByText('1 of 1 connection').waitFor();
    assert.equal(page.url(), `${atlas.gateway}/realtime?account=acc_bola`);
    await page.goto(`${atlas.gateway}/realtime?subject=ada&slow=false`);
    await page.getByText('1 of 1 connection').waitFor();
    await page.getByRole('row', { name: /ada/ }).waitFor();
    await page.goto(`${atlas.gateway}/realtime?slow=true`);
    await page.getByText('No connection fits these filters.').waitFor();
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByText('2 of 2 connections').waitFor();
    await page.goto(`${atlas.gateway}/realtime?slow=perhaps`);
    await page.getByText('Pace “perhaps”: There is no such choice.').waitFor();
  });

  it('is walked by keys alone: / opens the first filter, and j goes on from list to list', async () => {
    await using _ada = await connect('ada', ['acc_ada'], HttpTransportType.WebSockets);
    await using session = await open('/realtime');
    const { page } = session;
    await page.getByText('1 of 1 connection').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.getByRole('article', { name: 'Connection' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('No connection fits these filters.').waitFor();
    assert.equal(page.url(), `${atlas.gateway}/realtime?subject=nobody`);
  });

  it('ends one connection once its user is typed, tells its client why, and leaves a record', async () => {
    await using ada = await connect('ada', ['mint', 'acc_ada'], HttpTransportType.WebSockets);
    await using session = await open('/realtime');
    const { page } = session;
    await page.getByRole('row', { name: /ada/ }).getByRole('link').click();
    const detail = page.getByRole('article', { name: 'Connection' });
    await detail.getByRole('link', { name: 'acc_ada' }).waitFor();
    assert.equal(new URL(page.url()).pathname, `/realtime/${ada.hub.connectionId}`);
    await fits(page);
    await detail.getByRole('button', { name: 'Disconnect' }).click();
    const dialog = page.getByRole('dialog', { name: 'Disconnect' });
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    await dialog.getByText('Type ada.').waitFor();
    await fits(page);
    assert.equal(ada.hub.state, 'Connected');
    await dialog.getByLabel(/once more/).fill('ada');
    await dialog.getByRole('button', { name: 'Disconnect' }).click();
    assert.match((await ada.closed)!.message, /^.*closed_by_operator/);
    await detail.getByText('This connection has ended.').waitFor();
    await detail.getByRole('link', { name: 'The record of ada' }).first().click();
    await page.getByRole('row', { name: /Disconnected.*closed_by_operator/ }).waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [name, screen] of Object.entries({ desktop, phone })) {
      it(`is readable by everyone on a ${name} in ${colorScheme}, and never wider than the screen`, async () => {
        await using ada = await connect('ada', ['acc_ada'], HttpTransportType.WebSockets);
        await using session = await open('/realtime', { ...screen, colorScheme });
        const { page } = session;
        await page.getByText(/of \d+ connections?/).waitFor();
        await fits(page);
        await page.goto(`${atlas.gateway}/realtime/${ada.hub.connectionId}`);
        await page.getByRole('article').getByText('acc_ada', { exact: true }).waitFor();
        await fits(page);
      });
    }
  }
});
