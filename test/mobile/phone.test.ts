// The phone app in a Chromium the size of a phone: what its screens do, and what a phone goes through.
// The roles are processes of their own on the real engines, so that they can be killed; each way to
// them can be cut, or led through a captive portal.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { DevelopmentClaims } from '../../src/platform/development-keys.ts';
import { startCluster, type Cluster, type RoleProcess } from '../faults/processes.ts';
import { realEngines, type Client } from '../system.ts';
import { startFront, type Front } from './front.ts';
import { balanceShown, origin, slowStart, startPhones, stateShown, type Phones } from './phone.ts';

const portOf = (url: string | undefined) => Number(new URL(url!).port);

describe('the phone app', { timeout: 600_000 }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;
  let hubs: readonly RoleProcess[];
  let fronts: Record<'gateway' | 'ledger' | 'realtime', Front>;
  let client: Client;
  let phones: Phones;
  let paid = 0;
  let name = '';

  before(async () => {
    cluster = resources.use(await startCluster(await realEngines(resources)));
    const CORS_ORIGINS = origin;
    const book = await cluster.start(['core', 'ledger', 'payments'], { CORS_ORIGINS });
    const roles = {
      CORS_ORIGINS,
      LEDGER_INTERNAL: book.urls['core']!,
      LEDGER_URL: book.urls['ledger']!,
      PAYMENTS_URL: book.urls['payments']!,
    };
    hubs = [await cluster.start(['realtime'], roles), await cluster.start(['realtime'], roles)];
    const REALTIME_URL = hubs[0]!.urls['realtime']!;
    const gateway = await cluster.start(['gateway'], { ...roles, REALTIME_URL });
    const open = async (...ports: number[]) => resources.use(await startFront(...ports));
    fronts = {
      gateway: await open(portOf(gateway.urls['gateway'])),
      ledger: await open(portOf(book.urls['ledger'])),
      realtime: await open(...hubs.map(({ urls }) => portOf(urls['realtime']))),
    };
    client = await cluster.client(gateway.urls['gateway']!);
    await client.open('mint', null);
    phones = await startPhones(resources, () => ({
      gateway: fronts.gateway.port,
      ledger: fronts.ledger.port,
      realtime: fronts.realtime.port,
    }));
  }, slowStart);
  after(() => resources.disposeAsync());

  /** Each test has a person of its own, with 100.00 EUR and a second account. */
  beforeEach(async () => {
    for (const front of Object.values(fronts)) {
      front.capture(undefined);
      front.loseAnswers(undefined);
      front.swallow(false);
    }
    name = `ada-${++paid}`;
    for (const id of [name, `${name}-savings`]) await client.open(id);
    await pay(name, '10000', 'Salary');
  });

  async function pay(to: string, minor: string, narration: string): Promise<void> {
    const { status } = await client.transfer(`pay-${++paid}`, 'mint', to, minor, { narration });
    assert.equal(status, 201);
  }
  const token = (claims: Partial<DevelopmentClaims> = {}) =>
    cluster.token({ subject: name, accounts: [name, `${name}-savings`], ...claims });
  const opened = async () => phones.open(`token=${await token()}`);
  const tap = (page: Page, button: string) =>
    page.getByRole('button', { name: button, exact: true }).click();
  async function type(page: Page, keys: readonly string[]): Promise<void> {
    for (const key of keys) await tap(page, key);
  }
  async function isLive(page: Page, amount: string): Promise<void> {
    await balanceShown(page, amount);
    await stateShown(page, /^Live$/);
  }

  describe('its screens', () => {
    it('show the balance live: what is paid elsewhere arrives, with its entry', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      assert.equal(new URL(page.url()).hash, '', 'the token does not stay in the address');
      await pay(name, '1250', 'Refund 8841');
      await isLive(page, '112.50');
      await page.getByRole('button', { name: /Refund 8841.*\+12\.50/ }).waitFor();
      await page.getByText('v2', { exact: true }).waitFor();
    });

    it('stand still where that is wanted: a new balance is there at once', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      const seen = page.evaluate<string[]>(watchBalance);
      await pay(name, '900000', 'Bonus');
      assert.deepEqual(new Set(await seen), new Set(['9,100.00 EUR']));
      assert.equal(await page.evaluate('document.getAnimations().length'), 0);
    });

    it('hide the balance, and choose among several accounts', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await tap(page, '100.00 EUR. Hide the balance');
      assert.equal(await page.getByText('100.00').count(), 0);
      await tap(page, 'EUR. Show the balance');
      await tap(page, 'Accounts');
      await page.getByRole('button', { name: `${name} 100.00 EUR`, exact: true }).waitFor();
      await page.getByRole('button', { name: `${name}-savings 0.00 EUR`, exact: true }).click();
      await isLive(page, '0.00');
      await page.getByText('Nothing yet.').waitFor();
    });

    it('find an entry by what people remember of it', async () => {
      await pay(name, '700', 'Lunch');
      await using session = await opened();
      const { page } = session;
      await page.getByRole('button', { name: /Lunch/ }).waitFor();
      await page.getByLabel('Search the entries').fill('lun');
      assert.equal(await page.getByRole('button', { name: /Salary/ }).count(), 0);
      await page.getByRole('button', { name: /Lunch/ }).click();
      await page.getByText('Balance after').waitFor();
      await page.getByText('107.00 EUR').waitFor();
    });

    it('send money with a receipt, and the balance moves when the book says so', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await tap(page, 'Send');
      await page.getByLabel('To account').fill(`${name}-savings`);
      await tap(page, 'Next');
      await type(page, ['1', '2', 'Decimal point', '5']);
      await page.getByLabel('Note').fill('For the roof');
      await tap(page, 'Next');
      await page.getByText('they get exactly this amount').waitFor();
      await tap(page, 'Send 12.50 EUR');
      await page.getByRole('heading', { name: 'Receipt' }).waitFor();
      await tap(page, 'Done');
      await isLive(page, '87.50');
      await page.getByRole('button', { name: /For the roof.*\u221212\.50/ }).waitFor();
      assert.equal(await page.getByRole('heading', { name: 'Pending' }).count(), 0);
    });

    it('keep a lost transfer pending, and move money once when it is tried again', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      const keys = new Set<string | undefined>();
      page.on('request', (request) => {
        if (request.method() === 'POST') keys.add(request.headers()['idempotency-key']);
      });
      // The transfer is posted, and the phone does not hear of it.
      fronts.gateway.loseAnswers(/^(POST|GET) \/payments/);
      await tap(page, 'Send');
      await page.getByLabel('To account').fill(`${name}-savings`);
      await tap(page, 'Next');
      await type(page, ['4', '0']);
      await tap(page, 'Next');
      await tap(page, 'Send 40.00 EUR');
      await page.getByText('It is being tried again', { exact: false }).waitFor();
      await tap(page, 'Done');
      await page.getByRole('heading', { name: 'Pending' }).waitFor();
      await isLive(page, '60.00');
      await page.getByRole('button', { name: /Not confirmed.*\u221240\.00/ }).click();
      fronts.gateway.loseAnswers(undefined);
      await page.getByText('Already sent: the money moved once').waitFor({ timeout: 40_000 });
      assert.equal(keys.size, 1);
      await tap(page, 'Done');
      await isLive(page, '60.00');
    });

    it('say why a transfer is refused, and leave the balance alone', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await tap(page, 'Send');
      await page.getByLabel('To account').fill(`${name}-savings`);
      await tap(page, 'Next');
      await type(page, ['9', '9', '9']);
      await tap(page, 'Next');
      await tap(page, 'Send 999.00 EUR');
      await page.getByText('The available balance is too low.').waitFor();
      await tap(page, 'Take it off the list');
      await isLive(page, '100.00');
    });

    it('ask for money by a link that opens Send, filled in', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await tap(page, 'Request');
      await type(page, ['4', '2']);
      await page.getByLabel('Note').fill('Lunch & tea');
      const link = await page.getByTestId('request-link').innerText();
      const bola = await cluster.token({ subject: 'bola', accounts: [`${name}-savings`] });
      await using other = await phones.open(`token=${bola}`);
      await isLive(other.page, '0.00');
      await other.page.goto(link);
      await other.page.getByText('Filled in by a link.').waitFor();
      await other.page.getByLabel('Amount: 42.00 EUR').waitFor();
      assert.equal(await other.page.getByLabel('Note').inputValue(), 'Lunch & tea');
      await tap(other.page, 'Next');
      await other.page.getByRole('button', { name: 'Send 42.00 EUR' }).waitFor();
    });

    it('sign out here and everywhere', async () => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await tap(page, 'You');
      await page.getByText(name, { exact: true }).waitFor();
      await Promise.all([page.waitForResponse(/\/sessions\/current$/), tap(page, 'Sign out')]);
      await page.getByLabel('Token', { exact: true }).fill('not a token');
      await tap(page, 'Sign in');
      await page.getByText('That is not a token.').waitFor();
      assert.deepEqual(await page.evaluate('Object.keys(localStorage)'), []);
    });
  });

  // Each ends in the right balance, and says meanwhile that what is seen is not live.
  describe('what a phone goes through', () => {
    it('flight mode: at once offline, and live again with what happened meanwhile', async (t) => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await page.context().setOffline(true);
      await stateShown(page, /^Offline · as of \d\d:\d\d$/);
      await page.getByText('This phone has no network.').waitFor();
      await balanceShown(page, '100.00');
      await pay(name, '500', 'In the air');
      await page.context().setOffline(false);
      await timed(t, 'flight mode', () => isLive(page, '105.00'));
      await page.getByRole('button', { name: /In the air/ }).waitFor();
    });

    for (const portal of ['page', 'redirect'] as const) {
      it(`a network that answers in place of Atlas with a ${portal}`, async (t) => {
        await using session = await opened();
        const { page } = session;
        await isLive(page, '100.00');
        for (const front of Object.values(fronts)) front.capture(portal);
        await stateShown(page, /^Offline · as of /);
        // What a browser follows elsewhere it does not tell the page.
        const advice = {
          page: 'It may want you to sign in to it first.',
          redirect: 'does not answer',
        };
        await page.getByText(advice[portal]).waitFor();
        await balanceShown(page, '100.00');
        await pay(name, '500', 'Behind the portal');
        for (const front of Object.values(fronts)) front.capture(undefined);
        await timed(t, `portal by ${portal}`, () => isLive(page, '105.00'));
      });
    }

    it('a network that swallows everything: noticed without a word, and right and live with the first answer', async (t) => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      for (const front of Object.values(fronts)) front.swallow(true);
      await stateShown(page, /^Updating… · as of /);
      await stateShown(page, /^Offline · as of /);
      await balanceShown(page, '100.00');
      await pay(name, '500', 'Into the void');
      for (const front of Object.values(fronts)) front.swallow(false);
      await timed(t, 'swallowing network', () => isLive(page, '105.00'));
      await page.getByRole('button', { name: /Into the void/ }).waitFor();
    });

    it('a transfer that is swallowed: pending, and sent once as soon as there is a network', async (t) => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      for (const front of Object.values(fronts)) front.swallow(true);
      await tap(page, 'Send');
      await page.getByLabel('To account').fill(`${name}-savings`);
      await tap(page, 'Next');
      await type(page, ['4', '0']);
      await tap(page, 'Next');
      await tap(page, 'Send 40.00 EUR');
      await tap(page, 'Done');
      await page.getByRole('heading', { name: 'Pending' }).waitFor();
      await stateShown(page, /^Offline · as of /);
      for (const front of Object.values(fronts)) front.swallow(false);
      await timed(t, 'swallowed transfer', () => isLive(page, '60.00'));
      await page.getByRole('heading', { name: 'Pending' }).waitFor({ state: 'detached' });
    });

    it('every hub killed: the balance is read all the same, and live with the first hub', async (t) => {
      await using session = await opened();
      const { page } = session;
      await isLive(page, '100.00');
      await Promise.all(hubs.map((hub) => hub.kill('SIGKILL')));
      await stateShown(page, /^Reconnecting… · as of /);
      await pay(name, '500', 'While the hubs are dead');
      await balanceShown(page, '105.00');
      await stateShown(page, /^(Reconnecting…|Offline) · as of /);
      await hubs[0]!.restart();
      await timed(t, 'server kill', () => isLive(page, '105.00'));
      await pay(name, '500', 'Pushed again');
      await isLive(page, '110.00');
      await hubs[1]!.restart();
    });

    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      it(`its replica ends by ${signal}: the other one goes on`, async (t) => {
        const ports = hubs.map(({ urls }) => portOf(urls['realtime']));
        fronts.realtime.leadTo(ports[0]!);
        await using session = await opened();
        const { page } = session;
        await isLive(page, '100.00');
        fronts.realtime.leadTo(ports[1]!);
        await hubs[0]!.kill(signal);
        const sentAt = performance.now();
        await pay(name, '500', 'Over the other');
        await isLive(page, '105.00');
        const ms = performance.now() - sentAt;
        t.diagnostic(`${signal}: right and live ${ms.toFixed(0)} ms after the transfer was sent`);
        await hubs[0]!.restart();
        fronts.realtime.leadTo(...ports);
      });
    }

    it('its token ends: it says so, keeps the balance in sight, and goes on with a new one', async (t) => {
      await using session = await phones.open(`token=${await token({ ttlSeconds: 8 })}`);
      const { page } = session;
      await isLive(page, '100.00');
      await stateShown(page, /^Signed out · as of /);
      await balanceShown(page, '100.00');
      await pay(name, '500', 'Meanwhile');
      await tap(page, 'Sign in');
      await page.getByLabel('Token', { exact: true }).fill(await token());
      await tap(page, 'Sign in');
      await timed(t, 'token expiry', () => isLive(page, '105.00'));
    });

    it('the background: after five seconds nothing is connected; back, it is right at once', async (t) => {
      await using session = await phones.open('');
      const { page } = session;
      const socket = page.waitForEvent('websocket');
      await page.getByLabel('Token', { exact: true }).fill(await token());
      await tap(page, 'Sign in');
      await isLive(page, '100.00');
      const closed = (await socket).waitForEvent('close', { timeout: 20_000 });
      await seen(page, 'hidden');
      await closed;
      await pay(name, '500', 'In the background');
      const [read] = await Promise.all([
        page.waitForRequest(/\/ledger\/accounts\/.*\/balance/),
        seen(page, 'visible'),
      ]);
      assert.equal(new URL(read.url()).hostname, 'ledger.atlas.test', 'read past the gateway');
      await timed(t, 'foreground', () => isLive(page, '105.00'));
    });

    it('a start without a network: the last balance and entries, grey, with their age', async () => {
      await using session = await opened();
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
      await using session = await phones.open('');
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
});

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

/** Resolves to every text of the balance until it is the wanted one. */
const watchBalance = `new Promise((resolve) => {
  const balance = document.querySelector('[data-testid="balance"]');
  const seen = [];
  new MutationObserver(() => {
    seen.push(balance.textContent);
    if (balance.textContent.startsWith('9,100.00')) resolve(seen);
  }).observe(balance, { characterData: true, childList: true, subtree: true });
})`;

async function timed(
  t: { diagnostic(text: string): void },
  what: string,
  done: () => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  await done();
  t.diagnostic(
    `${what}: right and live ${(performance.now() - startedAt).toFixed(0)} ms after service`,
  );
}
