// One dependency hangs, and the others' requests go on: roles as processes of their own, each reached
// through a proxy that keeps what is sent, as a machine does that is there and does not answer.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { HubConnection } from '@microsoft/signalr';
import type { BalanceUpdate } from '../../src/contracts/hub.ts';
import { kafka, postgres, redis } from '../engines/index.ts';
import type { Client } from '../system.ts';
import { startCluster, type RoleProcess } from './processes.ts';
import { startProxy, type Proxy } from './proxy.ts';

/** Requests that wait for what hangs, all the while. */
const crowd = 100;
/** Rarely: it is to take places, not the time of this machine. */
const askAgainMs = 5_000;
const rounds = 30;

const stack = new AsyncDisposableStack();
let ledgerWay: Proxy;
let paymentsWay: Proxy;
let databaseWay: Proxy;
let gateway: string;
let client: Client;
let hub: HubConnection;
const heard: BalanceUpdate[] = [];
let keys = 0;

before(async () => {
  const database = stack.use(await postgres());
  const broker = await kafka();
  const cluster = stack.use(
    await startCluster({
      DATABASE_URL: database.url,
      REDIS: stack.use(await redis()).url,
      KAFKA_BOOTSTRAP: broker.bootstrap,
      TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
      TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
      TOPIC_PARTITIONS: '3',
      // A machine that is busy with other tests must not be taken for a Redis or a core that hangs.
      CACHE_LEASE_MS: '10000',
      CACHE_TIMEOUT_MS: '5000',
    }),
  );
  const proxied = async (port: number) => stack.use(await startProxy(port));
  const urlOf = ({ port }: Proxy) => `http://127.0.0.1:${port}`;
  const core = await cluster.start(['core']);
  const LEDGER_INTERNAL = core.urls['core']!;

  const read = new URL(database.url);
  databaseWay = await proxied(Number(read.port));
  read.port = String(databaseWay.port);
  const [payments, ledger] = await Promise.all([
    cluster.start(['payments'], { LEDGER_INTERNAL }),
    cluster.start(['ledger'], { LEDGER_INTERNAL, DATABASE_URL: read.href }),
  ]);
  paymentsWay = await proxied(portOf(payments, 'payments'));
  ledgerWay = await proxied(portOf(ledger, 'ledger'));
  const realtime = await cluster.start(['realtime'], {
    LEDGER_INTERNAL,
    LEDGER_URL: urlOf(ledgerWay),
  });
  const front = await cluster.start(['gateway'], {
    LEDGER_INTERNAL,
    PAYMENTS_URL: urlOf(paymentsWay),
    LEDGER_URL: urlOf(ledgerWay),
    REALTIME_URL: realtime.urls['realtime']!,
  });
  gateway = front.urls['gateway']!;
  client = await cluster.client(gateway);
  for (const account of ['mint', 'a', 'b', 'cold']) {
    assert.equal((await client.open(account, null)).status, 201);
  }
  hub = client.hub();
  hub.on('balanceUpdate', (update: BalanceUpdate) => heard.push(update));
  await hub.start();
  await hub.invoke('SubscribeBalance', 'a');
});
after(async () => {
  await hub?.stop();
  await stack.disposeAsync();
});

const pays = async () => {
  const answer = await client.transfer(`key-${(keys += 1)}`, 'mint', 'a', 1);
  assert.equal(answer.status, 201, answer.text);
  const { version } = answer.body.destination;
  while (!heard.some((update) => update.version >= version)) await delay(5);
};
const reads = async () => {
  assert.equal((await client.balance('a')).status, 200);
};
const readsMore = async () => {
  assert.equal((await client.get('/ledger/accounts/a/entries')).status, 200);
  assert.equal((await client.get('/ledger/accounts?limit=5')).status, 200);
};
/** An answer may be late on such a machine too; where it stays away, this never ends. */
const subscribes = async () => {
  while (!(await subscribed()));
  await hub.invoke('UnsubscribeBalance', 'b');
};

const subscribed = () =>
  hub.invoke('SubscribeBalance', 'b').then(
    () => true,
    () => false,
  );

test('while the ledger hangs transfers are posted, and open screens hear of them', () =>
  goesOn({
    way: () => ledgerWay,
    hanging: '/ledger/accounts/a/balance',
    works: [pays],
    role: 'ledger',
    again: async () => (await client.balance('a')).status === 200,
  }));

test('while payments hangs balances, statements and the hub are served', () =>
  goesOn({
    way: () => paymentsWay,
    hanging: '/payments/transfers?key=none',
    works: [reads, readsMore, subscribes],
    role: 'payments',
    again: async () => (await client.get('/payments/transfers?key=none')).status === 404,
  }));

test('while the database hangs for reads, cached balances, transfers and the hub are served', async () => {
  await reads();
  await hub.invoke('SubscribeBalance', 'b');
  await goesOn({
    way: () => databaseWay,
    hanging: '/ledger/accounts?limit=200',
    works: [reads, pays, subscribes],
    again: async () => (await client.get('/ledger/accounts')).status === 200,
  });
});

interface Hanging {
  readonly way: () => Proxy;
  /** A path that waits for what hangs. */
  readonly hanging: string;
  /** What must go on. */
  readonly works: readonly (() => Promise<void>)[];
  /** Whose breaker opens at the gateway. */
  readonly role?: string;
  /** Whether what has hung is served. */
  readonly again: () => Promise<boolean>;
}

async function goesOn({ way, hanging, works, role, again }: Hanging): Promise<void> {
  const all = async () => {
    const startedAtMs = performance.now();
    for (let round = 0; round < rounds; round += 1) for (const work of works) await work();
    return performance.now() - startedAtMs;
  };
  await all();
  const beforeMs = await all();

  way().hold();
  const stopping = new AbortController();
  const statuses: number[] = [];
  const waiting = Array.from({ length: crowd }, async () => {
    while (!stopping.signal.aborted) {
      const status = await ask(hanging, stopping.signal);
      if (status !== undefined) statuses.push(status);
      await delay(askAgainMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  });
  const duringMs = await all();
  if (role !== undefined) {
    const open = new RegExp(`^atlas_gateway_dependency_state{dependency="${role}"} [12]$`, 'm');
    while (!open.test(await (await fetch(`${gateway}/metrics`)).text())) await delay(50);
    assert.equal(await ask(hanging, stopping.signal), 503, 'refused, and not kept waiting');
  } else {
    while (statuses.length < crowd) await delay(50);
  }
  const laterMs = await all();
  stopping.abort();
  await Promise.all(waiting);
  way().release();
  assert.deepEqual(
    statuses.filter((status) => status !== 503),
    [],
  );
  while (!(await again())) await delay(50);
  await all();
  const rate = (ms: number) => `${Math.round((rounds * works.length * 1_000) / ms)}/s`;
  console.log(`# before ${rate(beforeMs)}, at once ${rate(duringMs)}, later ${rate(laterMs)}`);
  // Generous: what would be held up would be so for seconds, each.
  for (const ms of [duringMs, laterMs]) assert.ok(ms < 10 * beforeMs + 60_000, `${ms}`);
}

/** The status, undefined where nobody answered before the end. */
async function ask(path: string, signal: AbortSignal): Promise<number | undefined> {
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const answer = client.get(path).then(
    ({ status }) => status,
    () => undefined,
  );
  return Promise.race([answer, stopped]);
}

function portOf({ urls }: RoleProcess, role: string): number {
  return Number(new URL(urls[role]!).port);
}
