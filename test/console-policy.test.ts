// What the console's pages may do in a browser: run our own files, talk to us, and nothing else. Each page
// is loaded in a real Chromium with everything in it, and nothing may be blocked or asked of others.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { desktop, slowStart, startConsole, type TestConsole } from './console.ts';

describe('the content security policy', { timeout: 360_000 }, () => {
  const resources = new AsyncDisposableStack();
  let atlas: TestConsole;

  before(async () => {
    atlas = await startConsole(resources);
    const { client } = atlas;
    for (const account of ['mint', 'acc_ada']) await client.open(account, null);
    await client.transfer('order-8841', 'mint', 'acc_ada', '1250', { narration: 'Refund' });
  }, slowStart);
  after(() => resources.disposeAsync());

  /** All that a page was kept from, and every origin that it asked, from its first byte on. */
  async function visit(paths: readonly string[], signedIn: boolean) {
    const context = await atlas.browser.newContext(desktop);
    const violations: string[] = [];
    const origins = new Set<string>();
    await context.exposeBinding('blocked', (_, text: string) => void violations.push(text));
    await context.addInitScript(
      `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, documentURI }) =>
        blocked(violatedDirective + ' ' + blockedURI + ' on ' + documentURI))`,
    );
    context.on('request', (request) => origins.add(new URL(request.url()).origin));
    context.on('page', (page) =>
      page.on('websocket', (socket) => origins.add(new URL(socket.url()).origin)),
    );
    const page = await context.newPage();
    const token = signedIn ? `#token=${await atlas.system.token()}` : '';
    for (const path of paths) {
      await page.goto(`${atlas.gateway}${path}${token}`);
      await page.locator('h1').first().waitFor();
      await page.locator('.skeleton:visible').first().waitFor({ state: 'detached' });
    }
    await context.close();
    return { violations, origins: [...origins] };
  }

  /** Those of the navigation. */
  async function pagePaths(): Promise<string[]> {
    const page = await atlas.browser.newPage(desktop);
    await page.goto(`${atlas.gateway}/#token=${await atlas.system.token()}`);
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await links.first().waitFor();
    const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
    await page.close();
    return paths;
  }

  it('blocks nothing that a page does, and no page asks anybody but the gateway', async () => {
    const paths = await pagePaths();
    assert.ok(paths.length >= 5, String(paths));
    const { violations, origins } = await visit([...paths, '/accounts/acc_ada/send'], true);
    assert.deepEqual(violations, []);
    assert.deepEqual(origins.toSorted(), [atlas.gateway, atlas.gateway.replace('http', 'ws')]);
    const before = await visit(['/', '/signed-out'], false);
    assert.deepEqual([before.violations, before.origins], [[], [atlas.gateway]]);
  });

  it('keeps out what is written into a page, and what would leave it', async () => {
    const context = await atlas.browser.newContext(desktop);
    const page = await context.newPage();
    await page.goto(atlas.gateway);
    await page.locator('h1').waitFor();
    const blocked = await page.evaluate<string[]>(`(async () => {
      const blocked = [];
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) => blocked.push(effectiveDirective));
      const script = document.createElement('script');
      script.textContent = 'document.title = "run"';
      document.head.append(script);
      document.body.insertAdjacentHTML('beforeend', '<p style="color: red">red</p>');
      await fetch('https://third.example/').catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve));
      return [...new Set(blocked)].sort();
    })()`);
    assert.deepEqual(blocked, ['connect-src', 'script-src-elem', 'style-src-attr']);
    assert.notEqual(await page.title(), 'run');
    await context.close();
  });
});
