// The phone app in a Chromium the size of a phone: what its screens do, and what a phone goes through.
// The roles are processes of their own on the real engines, so that they can be killed; each way to
// them can be cut, or led through a captive portal. Most of the time is waited for pings, ends and timers, so
// each part has a line of its own and goes on beside the others.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { DevelopmentClaims } from '../../src/platform/development-keys.ts';
import type { OpenPage } from '../console.ts';
import { startCluster, type Cluster, type RoleProcess } from '../faults/processes.ts';
import { realEngines, type Client } from '../system.ts';
import { balanceShown, draft, isLive, send, stateShown, tap, type } from './hands.ts';
import { openLine, type Line } from './line.ts';
import { origin, slowStart } from './phone.ts';

const partsAtOnce = 3;
/** Else it is that of the whole. */
const oneByOne = { concurrency: 1 };

describe('the phone app', { timeout: 600_000, concurrency: partsAtOnce }, () => {
  const resources = new AsyncDisposableStack();
  let cluster: Cluster;
  /** The first is never killed. */
  let hubs: readonly RoleProcess[];
  let places: { gateway: string; ledger: string; realtime: string };
  let client: Client;
  let count = 0;

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
    hubs = await Promise.all([1, 2, 3].map(() => cluster.start(['realtime'], roles)));
    const REALTIME_URL = urlOf(hubs[0]!);
    const gateway = await cluster.start(['gateway'], { ...roles, REALTIME_URL });
    places = {
      gateway: gateway.urls['gateway']!,
      ledger: book.urls['ledger']!,
      realtime: REALTIME_URL,
    };
    client = await cluster.client(places.gateway);
    await client.open('mint', null);
  }, slowStart);
  after(() => resources.disposeAsync());

  interface Person extends OpenPage {
    readonly name: string;
    readonly savings: string;
  }

  /** Somebody new, with 100.00 EUR and a second account. */
  async function newcomer() {
    const name = `ada-${++count}`;
    const savings = `${name}-savings`;
    for (const id of [name, savings]) await client.open(id);
    await pay(name, '10000', 'Salary');
    const token = (claims: Partial<DevelopmentClaims> = {}) =>
      cluster.token({ subject: name, accounts: [name, savings], ...claims });
    return { name, savings, token };
  }

  /** Somebody new, whose phone shows the balance live. */
  async function person(line: Line): Promise<Person> {
    const { name, savings, token } = await newcomer();
    const session = await line.open(`token=${await token()}`);
    await isLive(session.page, '100.00');
    return { name, savings, ...session };
  }

  async function pay(to: string, minor: string, narration: string): Promise<void> {
    const { status } = await client.transfer(`pay-${++count}`, 'mint', to, minor, { narration });
    assert.equal(status, 201);
  }

  function line(...chosen: readonly number[]): () => Line {
    let opened: Line | undefined;
    before(async () => {
      const [realtime, ...more] = chosen.map((nth) => urlOf(hubs[nth]!));
      opened = await openLine(resources, { ...places, realtime: realtime! }, more);
    }, slowStart);
    beforeEach(() => opened!.mend());
    return () => opened!;
  }

  describe('its screens', oneByOne, () => {
    const at = line(0);

    it('show the balance live: what is paid elsewhere arrives, with its entry', async () => {
      await using ada = await person(at());
      const { page } = ada;
      assert.equal(new URL(page.url()).hash, '', 'the token does not stay in the address');
      await pay(ada.name, '1250', 'Refund 8841');
      await isLive(page, '112.50');
      await page.getByRole('button', { name: /Refund 8841.*\+12\.50/ }).waitFor();
      await page.getByText('v2', { exact: true }).waitFor();
    });

    it('stand still where that is wanted: a new balance is there at once', async () => {
      await using ada = await person(at());
      const { page } = ada;
      const seen = page.evaluate<string[]>(watchBalance);
      await pay(ada.name, '900000', 'Bonus');
      assert.deepEqual(new Set(await seen), new Set(['9,100.00 EUR']));
      await page.getByRole('button', { name: /Bonus/ }).waitFor();
      assert.equal(await page.getByTestId('glow').count(), 0);
      assert.equal(await page.evaluate('document.getAnimations().length'), 0);
    });

    it('light up a new entry once, where motion is wanted', async () => {
      await using ada = await person(at());
      const { page } = ada;
      await page.emulateMedia({ reducedMotion: 'no-preference' });
      await page.getByRole('button', { name: /Salary/ }).waitFor();
      const glowing = page.evaluate<string[]>(watchGlow);
      await pay(ada.name, '900000', 'Bonus');
      const rows = await glowing;
      assert.match(rows[0]!, /Bonus/);
      assert.equal(new Set(rows).size, 1, 'no other row');
    });

    it('hide the balance on every screen, and choose among several accounts', async () => {
      await using ada = await person(at());
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
      await using ada = await person(at());
      const { page } = ada;
      await pay(ada.name, '123400', 'Lunch');
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

    it('send money with a receipt, and the balance moves when the book says so', async () => {
      await using ada = await person(at());
      const { page } = ada;
      await draft(page, { to: ada.savings, amount: '12.5', note: 'For the roof' });
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
      await using ada = await person(at());
      const { page } = ada;
      const keys = new Set<string | undefined>();
      page.on('request', (request) => {
        if (request.method() === 'POST') keys.add(request.headers()['idempotency-key']);
      });
      // The transfer is posted, and the phone does not hear of it.
      at().fronts.gateway.loseAnswers(/^(POST|GET) \/payments/);
      await send(page, { to: ada.savings, amount: '40' });
      await page.getByText('It is being tried again', { exact: false }).waitFor();
      await tap(page, 'Done');
      await page.getByRole('heading', { name: 'Pending' }).waitFor();
      await isLive(page, '60.00');
      await page.getByRole('button', { name: /Not confirmed.*\u221240\.00/ }).click();
      at().fronts.gateway.loseAnswers(undefined);
      await page.getByText('Already sent: the money moved once').waitFor({ timeout: 40_000 });
      assert.equal(keys.size, 1);
      await tap(page, 'Done');
      await isLive(page, '60.00');
    });

    it('say why a transfer is refused, and leave the balance alone', async () => {
      await using ada = await person(at());
      const { page } = ada;
      await send(page, { to: ada.savings, amount: '999' });
      await page.getByText('The available balance is too low.').waitFor();
      await tap(page, 'Done');
      await isLive(page, '100.00');
      assert.equal(await page.getByRole('heading', { name: 'Pending' }).count(), 0);
    });

    it('ask for money by a link that opens Send, filled in', async () => {
      await using ada = await person(at());
      const { page } = ada;
      await tap(page, 'Request');
      await type(page, '42');
      await page.getByLabel('Note').fill('Lunch & tea');
      const link = await page.getByTestId('request-link').innerText();
      const bola = await cluster.token({ subject: 'bola', accounts: [ada.savings] });
      await using other = await at().open(`token=${bola}`);
      await isLive(other.page, '0.00');
      await other.page.goto(link);
      await other.page.getByText('Filled in by a link.').waitFor();
      await other.page.getByLabel('Amount: 42.00 EUR').waitFor();
      assert.equal(await other.page.getByLabel('Note').inputValue(), 'Lunch & tea');
      await tap(other.page, 'Next');
      await other.page.getByRole('button', { name: 'Send 42.00 EUR' }).waitFor();
    });

    it('sign out here and everywhere', async () => {
      await using ada = await person(at());
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

  // What a phone goes through: each ends in the right balance, and says meanwhile that what is seen is not live.

  describe('in networks that come and go', oneByOne, () => {
    const at = line(0);

    it('flight mode: at once offline, and live again with what happened meanwhile', async (t) => {
      await using ada = await person(at());
      const { page } = ada;
      await page.context().setOffline(true);
      await stateShown(page, /^Offline · as of \d\d:\d\d$/);
      await page.getByText('This phone has no network.').waitFor();
      await balanceShown(page, '100.00');
      await pay(ada.name, '500', 'In the air');
      await page.context().setOffline(false);
      await timed(t, 'flight mode', () => isLive(page, '105.00'));
      await page.getByRole('button', { name: /In the air/ }).waitFor();
    });

    for (const portal of ['page', 'redirect'] as const) {
      it(`a network that answers in place of Atlas with a ${portal}`, async (t) => {
        await using ada = await person(at());
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
        await pay(ada.name, '500', 'Behind the portal');
        at().capture(undefined);
        await timed(t, `portal by ${portal}`, () => isLive(page, '105.00'));
      });
    }

    it('a start without a network: the last balance and entries, grey, with their age', async () => {
      const { token } = await newcomer();
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
      const { token } = await newcomer();
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

  describe('in networks that swallow everything', oneByOne, () => {
    const at = line(0);

    it('noticed without a word, and right and live with the first answer', async (t) => {
      await using ada = await person(at());
      const { page } = ada;
      at().swallow(true);
      await stateShown(page, /^Updating… · as of /);
      await stateShown(page, /^Offline · as of /);
      await balanceShown(page, '100.00');
      await pay(ada.name, '500', 'Into the void');
      at().swallow(false);
      await timed(t, 'swallowing network', () => isLive(page, '105.00'));
      await page.getByRole('button', { name: /Into the void/ }).waitFor();
    });

    it('whoever touches the screen has the hub asked, and is not left to believe it', async (t) => {
      const { name, token } = await newcomer();
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
      await pay(name, '500', 'Into the void');
      at().swallow(false);
      await timed(t, 'touched in a swallowing network', () => isLive(page, '105.00'));
    });

    it('a transfer that is swallowed: pending, and sent once as soon as there is a network', async (t) => {
      await using ada = await person(at());
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

  describe('when it is put away, or its token ends', oneByOne, () => {
    const at = line(0);

    it('the token: it says so, keeps the balance in sight, and goes on with a new one', async (t) => {
      const { name, token } = await newcomer();
      await using session = await at().open(`token=${await token({ ttlSeconds: 8 })}`);
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
      const { name, token } = await newcomer();
      await using session = await at().open('');
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
  });

  describe('when hubs end', oneByOne, () => {
    const mortal = [1, 2];
    const at = line(...mortal);

    it('every hub killed: the balance is read all the same, and live with the first hub', async (t) => {
      await using ada = await person(at());
      const { page } = ada;
      const [one, other] = mortal.map((nth) => hubs[nth]!);
      await Promise.all([one!.kill('SIGKILL'), other!.kill('SIGKILL')]);
      await stateShown(page, /^Reconnecting… · as of /);
      await pay(ada.name, '500', 'While the hubs are dead');
      await balanceShown(page, '105.00');
      await stateShown(page, /^(Reconnecting…|Offline) · as of /);
      await one!.restart();
      await timed(t, 'server kill', () => isLive(page, '105.00'));
      await pay(ada.name, '500', 'Pushed again');
      await isLive(page, '110.00');
      await other!.restart();
    });

    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      it(`its replica ends by ${signal}: the other one goes on`, async (t) => {
        const [one, other] = mortal.map((nth) => hubs[nth]!);
        const { realtime } = at().fronts;
        realtime.leadTo(urlOf(one!));
        await using ada = await person(at());
        const { page } = ada;
        realtime.leadTo(urlOf(other!));
        await one!.kill(signal);
        const sentAt = performance.now();
        await pay(ada.name, '500', 'Over the other');
        await isLive(page, '105.00');
        const ms = performance.now() - sentAt;
        t.diagnostic(`${signal}: right and live ${ms.toFixed(0)} ms after the transfer was sent`);
        await one!.restart();
        realtime.leadTo(urlOf(one!), urlOf(other!));
      });
    }
  });
});

const urlOf = ({ urls }: RoleProcess) => urls['realtime']!;

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

/** Somebody whose finger is on the screen, on nothing that does anything. */
async function touchUntil(page: Page, over: Promise<unknown>): Promise<void> {
  let isOver = false;
  void over.then(() => (isOver = true));
  while (!isOver) await page.getByText('Available').tap();
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
