// Live balances in a real Chromium, from a page of another origin, through what a screen goes through:
// a server that is killed, a network that is gone, a token that ends.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { AtlasClient } from '@atlas/client';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { chromium } from '../../../test/engines/index.ts';
import { startCluster, type Cluster, type RoleProcess } from '../../../test/faults/processes.ts';
import { realEngines, type Client } from '../../../test/system.ts';
import { bundle } from './bundle.ts';

declare global {
  var Atlas: typeof import('@atlas/client');
  var atlas: AtlasClient;
  /** What the screen has shown, oldest first. */
  var shown: { version: number; freshness: string; atMs: number; asOfMs: number | undefined }[];
  var connections: string[];
  var newToken: () => Promise<string>;
}

/** Three processes, a bundle and a browser: on a busy machine that takes its time. */
const slowStart = { timeout: 180_000 };

describe('live balances in a browser', { timeout: 300_000 }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;
  let realtime: RoleProcess;
  let gateway: string;
  let client: Client;
  let browser: Browser;
  let origin: string;

  before(async () => {
    cluster = resources.use(await startCluster(await realEngines(resources)));
    const core = await cluster.start(['core', 'ledger', 'payments']);
    const { core: LEDGER_INTERNAL, ledger, payments } = core.urls;
    const roles = {
      LEDGER_INTERNAL: LEDGER_INTERNAL!,
      LEDGER_URL: ledger!,
      PAYMENTS_URL: payments!,
    };
    realtime = await cluster.start(['realtime'], { ...roles, CORS_ORIGINS: 'http://127.0.0.1:*' });
    const front = await cluster.start(['gateway'], {
      ...roles,
      REALTIME_URL: realtime.urls['realtime']!,
      CORS_ORIGINS: 'http://127.0.0.1:*',
    });
    gateway = front.urls['gateway']!;
    client = await cluster.client(gateway);
    await client.open('mint', null);
    await client.open('ada');
    await client.transfer('first', 'mint', 'ada', '100');

    const { code } = await bundle();
    const server = createServer((request, response) => {
      const isScript = request.url === '/atlas.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? code : '<!doctype html><script src="atlas.js"></script>');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    resources.defer(() => void server.close());
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await playwright.launch(await chromium());
    resources.defer(() => browser.close());
  }, slowStart);
  after(() => resources.disposeAsync());

  /** A page that watches ada; each token it asks for lives for `ttlSeconds`. */
  async function watching(ttlSeconds = 3_600): Promise<Page> {
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    await page.exposeFunction('newToken', () => cluster.token({ ttlSeconds }));
    await page.goto(origin);
    await page.evaluate((url) => {
      globalThis.shown = [];
      globalThis.connections = [];
      globalThis.atlas = Atlas.createClient({ url, token: () => newToken() });
      atlas.live.connection.subscribe(({ phase }) => connections.push(phase));
      atlas.live.balance('ada').subscribe(({ balance, freshness, asOfMs }) => {
        shown.push({ version: balance?.version ?? -1, freshness, atMs: Date.now(), asOfMs });
      });
    }, gateway);
    await live(page);
    return page;
  }

  const freshness = (page: Page, wanted: readonly string[]) =>
    page.waitForFunction((wanted) => wanted.includes(shown.at(-1)!.freshness), wanted);
  const live = (page: Page) => freshness(page, ['live']);
  const version = (page: Page, wanted: number) =>
    page.waitForFunction((wanted) => shown.at(-1)!.version === wanted, wanted);

  async function pay(key: string): Promise<number> {
    const { body } = await client.transfer(key, 'mint', 'ada', '1');
    return body.destination.version as number;
  }

  /** Versions only rise, and what was known is never unknown again. */
  async function assertNeverWrong(page: Page): Promise<void> {
    const versions = await page.evaluate(() => shown.map(({ version }) => version));
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    );
  }

  it('keeps the balance through a killed server, says how old it is, and is live again with it', async () => {
    const page = await watching();
    await realtime.kill('SIGKILL');
    await freshness(page, ['reconnecting', 'stale']);
    const paid = await pay('while-dead');
    // The hub is dead and the ledger is not: the balance is read over HTTP, and not called live.
    await version(page, paid);
    const last = await page.evaluate(() => shown.at(-1)!);
    assert.notEqual(last.freshness, 'live');
    assert.ok(last.asOfMs! <= last.atMs);
    await realtime.restart();
    await live(page);
    await version(page, await pay('after'));
    await assertNeverWrong(page);
    await page.close();
  });

  it('notices that the network is gone, and is back at once when it is', async () => {
    const page = await watching();
    await page.context().setOffline(true);
    await freshness(page, ['reconnecting', 'stale']);
    await freshness(page, ['stale']);
    const paid = await pay('while-offline');
    await page.context().setOffline(false);
    const backAtMs = Date.now();
    await version(page, paid);
    await live(page);
    assert.ok(Date.now() - backAtMs < 5_000, `${Date.now() - backAtMs} ms`);
    await assertNeverWrong(page);
    await page.close();
  });

  it('outlives its tokens on one connection', async () => {
    const page = await watching(4);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await version(page, await pay('later'));
    assert.deepEqual(await page.evaluate(() => connections), ['connecting', 'connected']);
    await assertNeverWrong(page);
    await page.close();
  });
});
