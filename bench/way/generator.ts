// Payers over HTTP and watchers on the hub, in one process and so on one clock: first as fast as the
// payers can, to know the full load, then at half of it. way.bench.ts starts this.
import { setTimeout as pause } from 'node:timers/promises';
import { createHistogram } from 'node:perf_hooks';
import { HubConnectionBuilder, LogLevel, type HubConnection } from '@microsoft/signalr';
import { pauseMs, seededRandom } from '../../src/commands/demo/random.ts';
import { hubEvents, hubMethods, type BalanceUpdate } from '../../src/contracts/hub.ts';
import type { PostedTransfer } from '../../src/contracts/transfers.ts';
import { closedLoop } from '../support/closed-loop.ts';
import { asGenerator } from '../support/generator.ts';
import { connectAll, requestText, type HttpConnection } from '../../load/http/connection.ts';
import { openAccounts } from '../support/open-accounts.ts';
import { accountIds, pairs, type Pair } from '../transfers/load.ts';
import { SeenVersions } from './seen-versions.ts';

export interface WayTask {
  readonly payments: string;
  readonly ledger: string;
  readonly realtime: string;
  readonly token: string;
  readonly watchers: number;
  readonly payers: number;
  readonly measureMs: number;
}

export interface WayFigures {
  readonly fullPerSecond: number;
  readonly halfPerSecond: number;
  /** From when a payment was due to its acknowledgement. */
  readonly ackP50Ms: number;
  readonly ackP99Ms: number;
  /** From the acknowledgement to the event with the version it made, on both accounts. */
  readonly eventP50Ms: number;
  readonly eventP99Ms: number;
}

const warmUpMs = 1_500;
const lastEventMs = 10_000;
/** Of connections over the payers', for moments with more arrivals. */
const spareConnections = 224;

await asGenerator(async (given): Promise<WayFigures> => {
  const task = given as WayTask;
  const { payments, payers, measureMs } = task;
  await openAccounts(task, accountIds);
  const seen = new SeenVersions();
  const hubs = await watchAll(task, seen);
  const connections = await connectAll(payments, payers + spareConnections);

  const load = { callers: payers, hotShare: 0, warmUpMs, measureMs };
  const fastPairs = pairs({ ...load, seed: 1 });
  const fast = await closedLoop({
    ...load,
    call: (caller) => pay(task.token, connections[caller]!, fastPairs(), seen),
  });
  await seen.all(lastEventMs);

  seen.startCounting();
  const ackUs = createHistogram({ highest: 600_000_000 });
  const halfPairs = pairs({ ...load, seed: 2 });
  const halfPerSecond = await arrivals(fast.perSecond / 2, measureMs, async (dueAtMs) => {
    const connection = connections.pop();
    if (connection === undefined) throw new Error('too many payments are under way');
    await pay(task.token, connection, halfPairs(), seen);
    connections.push(connection);
    ackUs.record(Math.max(1, Math.round((performance.now() - dueAtMs) * 1_000)));
  });
  await seen.all(lastEventMs);
  await Promise.all(hubs.map((hub) => hub.stop()));
  for (const connection of connections) connection.close();
  return {
    fullPerSecond: fast.perSecond,
    halfPerSecond,
    ackP50Ms: ackUs.percentile(50) / 1_000,
    ackP99Ms: ackUs.percentile(99) / 1_000,
    eventP50Ms: seen.lateUs.percentile(50) / 1_000,
    eventP99Ms: seen.lateUs.percentile(99) / 1_000,
  };
});

/** Each watcher subscribes to its share of the accounts. */
async function watchAll(
  { realtime, token, watchers }: WayTask,
  seen: SeenVersions,
): Promise<HubConnection[]> {
  const hubs: HubConnection[] = [];
  for (let watcher = 0; watcher < watchers; watcher += 1) {
    const hub = new HubConnectionBuilder()
      .withUrl(`${realtime}/ws`, { accessTokenFactory: () => token })
      .configureLogging(LogLevel.None)
      .build();
    hub.on(hubEvents.subscriptionConfirmed, () => {});
    hub.on(hubEvents.balanceUpdate, ({ accountId, version }: BalanceUpdate) =>
      seen.event(accountId, version),
    );
    await hub.start();
    const share = accountIds.filter((__, index) => index % watchers === watcher);
    await hub.invoke(hubMethods.subscribeMultiple, share);
    hubs.push(hub);
  }
  return hubs;
}

async function pay(
  token: string,
  connection: HttpConnection,
  { key, source, destination, minor }: Pair,
  seen: SeenVersions,
): Promise<void> {
  const { status, body } = await connection.send(
    requestText(
      'POST',
      '/payments/transfers',
      { authorization: `Bearer ${token}`, 'idempotency-key': key },
      `{"sourceAccountId":"${source}","destinationAccountId":"${destination}","minor":"${minor}","currency":"EUR"}`,
    ),
  );
  if (status !== 201) throw new Error(`${status}: ${body}`);
  const posted = JSON.parse(body) as PostedTransfer;
  seen.acknowledged(source, posted.source.version);
  seen.acknowledged(destination, posted.destination.version);
}

/** Lets `arrive` happen at a rate for a time, by chance; resolves to the rate that came about. */
async function arrivals(
  perSecond: number,
  forMs: number,
  arrive: (dueAtMs: number) => Promise<void>,
): Promise<number> {
  const random = seededRandom(3);
  const startedAtMs = performance.now();
  const arrived: Promise<void>[] = [];
  let dueAtMs = startedAtMs;
  for (;;) {
    dueAtMs += pauseMs(random, perSecond);
    if (dueAtMs > startedAtMs + forMs) break;
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 1) await pause(waitMs);
    arrived.push(arrive(dueAtMs));
  }
  await Promise.all(arrived);
  return (arrived.length * 1_000) / forMs;
}
