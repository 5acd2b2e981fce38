// What operators are told of a whole Atlas: the figures of all replicas added up, who is missing in them,
// how every role and engine is; and the same out of a real Prometheus.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PlatformHealth, Telemetry } from '@atlas/client';
import { embeddedFolder } from './embedded-folder.ts';
import { privatePrometheus } from './engines/index.ts';
import {
  Client,
  columns,
  Inbox,
  realEngines,
  startSystem,
  type Column,
  type Environment,
  type System,
} from './system.ts';

const within = { timeout: 90_000 };

/** Asks until the answer is as it should be; the test's own time is the limit. */
async function until<T>(client: Client, path: string, isMet: (body: T) => boolean): Promise<T> {
  for (;;) {
    const { status, body } = await client.get(path);
    assert.equal(status, 200, JSON.stringify(body));
    if (isMet(body as T)) return body as T;
    await delay(200);
  }
}

function figureOf({ figures }: Telemetry, name: string) {
  return figures.find((figure) => figure.name === name)!;
}

/** Resolves when Prometheus has two samples of it, so that it knows from where it rises. */
async function scraped(url: string, series: string): Promise<void> {
  const query = new URLSearchParams({ query: `count_over_time(${series}[1m]) >= 2` });
  for (;;) {
    const answer = await fetch(`${url}/api/v1/query?${query.toString()}`);
    const { data } = (await answer.json()) as { data: { result: unknown[] } };
    if (data.result.length > 0) return;
    await delay(200);
  }
}

/** What a rate comes to over the whole range. */
function countOf(
  telemetry: Telemetry,
  name: string,
  of?: Readonly<Record<string, string>>,
): number {
  const figure = figureOf(telemetry, name);
  const isWanted = (part: { of: Record<string, string> }) =>
    Object.entries(of ?? {}).every(([label, value]) => part.of[label] === value);
  const rates = of === undefined ? [figure] : figure.parts.filter(isWanted);
  const points = rates.flatMap((rate) => rate.points);
  return points.reduce<number>((sum, value) => sum + (value ?? 0), 0) * telemetry.stepSeconds;
}

for (const column of columns) {
  const replicated = column[1] === realEngines;
  describe(`telemetry on ${column[0]}`, () => {
    const resources = new AsyncDisposableStack();
    let system: System;
    let other: System | undefined;
    let operator: Client;

    before(async () => {
      const engines: Environment = await column[1](resources);
      engines['ATLAS_DATA'] ??= resources.use(await embeddedFolder()).folder;
      const shared: Column = [column[0], () => Promise.resolve(engines)];
      system = resources.use(await startSystem(shared));
      operator = await system.client();
      if (!replicated) return;
      const environment = { LEDGER_INTERNAL: system.urls.core };
      other = await startSystem(shared, environment, new Set(['payments', 'ledger']));
      resources.defer(async () => other?.[Symbol.asyncDispose]());
    });
    after(() => resources.disposeAsync());

    /** Clients of each replica's own address. */
    async function replicas(role: 'payments' | 'ledger'): Promise<Client[]> {
      const token = await system.token();
      const all = other === undefined ? [system] : [system, other];
      return all.map(({ urls }) => new Client({ gateway: urls[role] }, token));
    }

    it('adds up what the replicas did, each request once', within, async () => {
      await operator.open('mint', null);
      await operator.open('shop');
      const payments = await replicas('payments');
      for (const [i, client] of payments.entries()) {
        for (let n = 0; n < 5 * (i + 1); n += 1) {
          assert.equal((await client.transfer(`${i}-${n}`, 'mint', 'shop', 100)).status, 201);
        }
      }
      const { status } = await payments[0]!.transfer('too-much', 'shop', 'mint', 1_000_000);
      assert.equal(status, 409);
      const ledgers = await replicas('ledger');
      for (const client of ledgers) for (let n = 0; n < 4; n += 1) await client.balance('shop');
      const [posted, read] = [replicated ? 15 : 5, ledgers.length * 4];
      const told = await until<Telemetry>(
        operator,
        '/telemetry?rangeSeconds=300',
        // Each role looks at its figures by itself, so that one may be a slot ahead of another.
        (body) =>
          countOf(body, 'transfers.posted') >= posted &&
          countOf(body, 'transfers.declined') >= 1 &&
          countOf(body, 'reads.answered') >= read &&
          figureOf(body, 'commits.p99').value !== null,
      );
      assert.equal(Math.round(countOf(told, 'transfers.posted')), posted);
      assert.equal(Math.round(countOf(told, 'transfers.declined')), 1);
      const normal = { class: 'normal' };
      assert.equal(Math.round(countOf(told, 'transfers.offered', normal)), posted + 1);
      assert.equal(Math.round(countOf(told, 'transfers.admitted')), posted + 1);
      const route = { route: '/ledger/accounts/:id/balance' };
      assert.equal(Math.round(countOf(told, 'reads.answered', route)), read);
      for (const name of ['transfers.p99', 'commits.p99', 'reads.p50', 'cache.hitRatio']) {
        assert.ok(figureOf(told, name).value! > 0, name);
      }
      assert.deepEqual([told.source, told.prometheus, told.complete], ['roles', 'not_set', true]);
      const asked = told.replicas.filter(({ state }) => state === 'answered');
      assert.deepEqual(
        asked.map(({ role }) => role),
        replicated
          ? ['core', 'gateway', 'ledger', 'ledger', 'payments', 'payments', 'realtime']
          : ['core', 'gateway', 'ledger', 'payments', 'realtime'],
      );
      const errors = told.slos.find(({ name }) => name === 'errors')!;
      // Too few requests to keep a promise about them.
      assert.deepEqual([errors.value, errors.state, errors.burnHour], [0, 'unknown', 0]);
    });

    it('has the connections, what was sent to them, and how long that took', within, async () => {
      const hub = operator.hub();
      const updates = new Inbox<unknown>();
      hub.on('balanceUpdate', updates.add);
      hub.on('subscriptionConfirmed', () => {});
      await hub.start();
      await hub.invoke('SubscribeBalance', 'shop');
      for (let n = 0; n < 3; n += 1) {
        await operator.transfer(`seen-${n}`, 'mint', 'shop', 100);
        await updates.until((items) => items.length >= n + 2);
      }
      const told = await until<Telemetry>(
        operator,
        '/telemetry',
        (body) =>
          figureOf(body, 'hub.connections').value === 1 && figureOf(body, 'way.p99').value !== null,
      );
      assert.equal(figureOf(told, 'hub.subscriptions').value, 1);
      assert.ok(countOf(told, 'hub.deliveries') > 0);
      assert.equal(told.slos.find(({ name }) => name === 'socket uptime')?.value, 100);
      if (replicated) assert.ok(figureOf(told, 'events.lag').parts.length === 3);
      await hub.stop();
    });

    it('knows every role and every engine with its version', within, async () => {
      const { roles, engines, complete } = await until<PlatformHealth>(
        operator,
        '/health/roles',
        ({ roles, engines }) =>
          roles.every(({ state }) => state === 'ready') &&
          engines.every(({ state }) => state === 'up'),
      );
      const count = (role: string) => roles.find((one) => one.role === role)?.replicas.length;
      assert.deepEqual([count('payments'), count('core')], [replicated ? 2 : 1, 1]);
      assert.deepEqual(
        engines.map(({ need, engine, state }) => [need, engine, state]),
        replicated
          ? [
              ['book', 'postgres', 'up'],
              ['events', 'kafka', 'up'],
              ['cache', 'redis', 'up'],
            ]
          : [
              ['book', 'pglite', 'up'],
              ['events', 'outbox', 'up'],
              ['cache', 'memory', 'up'],
            ],
      );
      assert.match(engines[0]!.version!, /^\d\d\./);
      assert.match(engines[2]!.version!, /^\d+\.\d+\.\d+$/);
      assert.equal(complete, true);
    });

    it('is for operators, of ranges that it knows', async () => {
      const customer = await system.client({ scope: 'balances transfers' });
      for (const path of ['/telemetry', '/health/roles']) {
        assert.equal((await customer.get(path)).body.code, 'forbidden', path);
      }
      for (const range of ['59', '3601', '0', 'x', '1e3']) {
        const { body } = await operator.get(`/telemetry?rangeSeconds=${range}`);
        assert.equal(body.code, 'invalid_request', range);
      }
    });

    it('says which replica the statistics are of', async () => {
      const paths = [
        '/payments/load-shedding/stats',
        '/ledger/load-shedding/stats',
        '/ledger/cache/stats',
      ];
      const { replicas: all } = (await operator.get('/telemetry')).body as Telemetry;
      for (const path of paths) {
        const { node } = (await operator.get(path)).body as { node: string };
        assert.ok(
          all.some((replica) => replica.node === node),
          path,
        );
      }
    });

    if (!replicated) return;

    it('names a replica that has stopped, first as silent and then as gone', within, async () => {
      const [, ledger] = await replicas('ledger');
      const { node } = (await ledger!.get('/ledger/cache/stats')).body as { node: string };
      await other![Symbol.asyncDispose]();
      other = undefined;
      const statesOf = (body: Telemetry) =>
        body.replicas.filter((replica) => replica.node === node).map(({ state }) => state);
      const silent = await until<Telemetry>(operator, '/telemetry', (body) =>
        statesOf(body).includes('unanswered'),
      );
      assert.equal(silent.complete, false);
      const gone = await until<Telemetry>(operator, '/telemetry', (body) =>
        statesOf(body).every((state) => state === 'gone'),
      );
      assert.deepEqual(statesOf(gone), ['gone', 'gone']);
      assert.equal(gone.complete, false);
      const { roles } = (await operator.get('/health/roles')).body as PlatformHealth;
      assert.equal(roles.find(({ role }) => role === 'ledger')?.replicas.length, 1);
    });
  });
}

describe('telemetry through Prometheus', () => {
  const resources = new AsyncDisposableStack();
  after(() => resources.disposeAsync());

  it('has the same shape, and falls back on the roles while it is away', within, async () => {
    const prometheus = resources.use(await privatePrometheus());
    const system = resources.use(
      await startSystem(columns[0]!, {
        PROMETHEUS_URL: prometheus.url,
        PROMETHEUS_SELECTOR: 'job="atlas"',
        PROMETHEUS_SCRAPE_SECONDS: '1',
      }),
    );
    await prometheus.scrape(Object.values(system.urls).map((url) => new URL(url).host));
    const operator = await system.client();
    await operator.open('mint', null);
    await operator.open('shop');
    const path = '/telemetry?rangeSeconds=300';
    // A counter's first sample is no increase to Prometheus.
    await operator.transfer('first', 'mint', 'shop', 100);
    await operator.balance('shop');
    await scraped(prometheus.url, 'atlas_payments_transfers_total{outcome="posted"}');
    for (let n = 0; n < 40; n += 1) await operator.transfer(`more-${n}`, 'mint', 'shop', 100);
    // It extrapolates within its windows, so that the last ones have to be over.
    const told = await until<Telemetry>(operator, path, (body) => {
      const { points } = figureOf(body, 'transfers.posted');
      return (
        countOf(body, 'transfers.posted') > 0 && points.slice(-3).every((value) => value === 0)
      );
    });
    assert.deepEqual(
      [told.source, told.prometheus, told.complete],
      ['prometheus', 'answered', true],
    );
    const posted = countOf(told, 'transfers.posted');
    assert.ok(posted > 30 && posted < 50, `${posted} instead of 40`);
    assert.ok(figureOf(told, 'transfers.p99').value! > 0);
    assert.ok(told.slos.find(({ name }) => name === 'availability')!.value! > 0);
    assert.deepEqual(
      told.replicas.map(({ role, state }) => [role, state]),
      ['core', 'gateway', 'ledger', 'payments', 'realtime'].map((role) => [role, 'answered']),
    );
    assert.equal((await operator.get('/telemetry?rangeSeconds=604800')).status, 200);
    assert.equal((await operator.get('/telemetry?rangeSeconds=604801')).status, 400);

    await prometheus.stop();
    const without = await until<Telemetry>(operator, path, ({ source }) => source === 'roles');
    assert.equal(without.prometheus, 'unanswered');
    assert.equal(Math.round(countOf(without, 'transfers.posted')), 41);
    assert.equal(without.rangeSecondsMax, 3_600);
  });
});
