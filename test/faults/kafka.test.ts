import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BalanceUpdate } from '../../src/contracts/hub.ts';
import { postgres, privateKafka, redis } from '../engines/index.ts';
import { Inbox, type Client } from '../system.ts';
import { bookedBalances } from './book.ts';
import { startLoad } from './load.ts';
import { startCluster } from './processes.ts';

const accounts = Array.from({ length: 10 }, (_, i) => `account-${i}`);

/** Subscribes to every account and keeps what arrives. */
async function watch(client: Client) {
  const inbox = new Inbox<BalanceUpdate>();
  const hub = client.hub((builder) =>
    builder.withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 300 }),
  );
  hub.on('balanceUpdate', inbox.add);
  hub.on('subscriptionConfirmed', () => {});
  let subscribed: Promise<unknown>;
  const subscribe = (): void => {
    subscribed = hub.invoke('SubscribeMultipleBalances', accounts);
  };
  hub.onreconnected(subscribe);
  await hub.start();
  subscribe();
  const stop = async (): Promise<void> => {
    await subscribed;
    await hub.stop();
  };
  await subscribed!;
  return { inbox, stop };
}

/** The last version seen per account; each must be newer than the one before. */
function lastVersions(updates: readonly BalanceUpdate[], rising: boolean): Map<string, number> {
  const last = new Map<string, number>();
  for (const { accountId, version } of updates) {
    if (rising) assert.ok(version > (last.get(accountId) ?? -1), `${accountId} fell to ${version}`);
    last.set(accountId, version);
  }
  return last;
}

describe('events', () => {
  it('are all delivered after Kafka was dead for 20 s, while transfers went on', async () => {
    await using database = await postgres();
    await using cache = await redis();
    await using broker = await privateKafka();
    await using cluster = await startCluster({
      DATABASE_URL: database.url,
      REDIS: cache.url,
      KAFKA_BOOTSTRAP: broker.bootstrap,
      TOPIC_PARTITIONS: '3',
    });
    const core = await cluster.start(['core']);
    const realtime = await cluster.start(['ledger', 'realtime'], {
      LEDGER_INTERNAL: core.urls['core']!,
    });
    const front = await cluster.start(['payments', 'gateway'], {
      LEDGER_INTERNAL: core.urls['core']!,
      LEDGER_URL: realtime.urls['ledger']!,
      REALTIME_URL: realtime.urls['realtime']!,
    });
    const client = await cluster.client(front.urls['gateway']!);
    for (const id of accounts) await client.open(id, null);
    const { inbox, stop } = await watch(client);
    const load = startLoad(client, accounts, 8);
    await load.more(100);
    await broker.kill();
    const backAt = Date.now() + 20_000;
    await load.more(200);
    // The outage must last its 20 seconds: it is the length that is tested.
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, backAt - Date.now())));
    const metrics = await (await fetch(`${core.urls['core']}/metrics`)).text();
    const backlog = Number(/^atlas_core_outbox_rows (\d+)/m.exec(metrics)?.[1]);
    assert.ok(backlog >= 200, `the backlog is visible: ${backlog}`);
    await broker.restart();
    await load.more(100);
    await load.stop();
    assert.deepEqual(load.unexpected, []);
    const book = await bookedBalances(database.url);
    await inbox.until((updates) => {
      const last = lastVersions(updates, true);
      return accounts.every((id) => last.get(id) === book.get(id)!.version);
    }, 'the last version of every account');
    await stop();
  });
});

describe('clients of the hub', () => {
  it('are back with the right balance after kill −9 of a realtime replica; the other never notices', async () => {
    await using database = await postgres();
    await using cache = await redis();
    await using broker = await privateKafka();
    await using cluster = await startCluster({
      DATABASE_URL: database.url,
      REDIS: cache.url,
      KAFKA_BOOTSTRAP: broker.bootstrap,
      TOPIC_PARTITIONS: '3',
    });
    const book = await cluster.start(['core', 'payments', 'ledger']);
    const replicas = [];
    for (let i = 0; i < 2; i += 1) {
      const realtime = await cluster.start(['realtime'], { LEDGER_URL: book.urls['ledger']! });
      const gateway = await cluster.start(['gateway'], {
        PAYMENTS_URL: book.urls['payments']!,
        LEDGER_URL: book.urls['ledger']!,
        REALTIME_URL: realtime.urls['realtime']!,
      });
      replicas.push({ realtime, client: await cluster.client(gateway.urls['gateway']!) });
    }
    const [first, second] = replicas;
    for (const id of accounts) await first!.client.open(id, null);
    const watched = await watch(first!.client);
    const untouched = await watch(second!.client);
    const load = startLoad(second!.client, accounts, 8);
    await load.more(100);
    await first!.realtime.kill('SIGKILL');
    await load.more(100);
    await first!.realtime.restart();
    await load.more(100);
    await load.stop();
    const balances = await bookedBalances(database.url);
    for (const [{ inbox, stop }, rising] of [
      [untouched, true],
      [watched, false],
    ] as const) {
      await inbox.until((updates) => {
        const last = lastVersions(updates, rising);
        return accounts.every((id) => last.get(id) === balances.get(id)!.version);
      }, 'the balances of the book');
      const last = inbox.items.findLast(({ accountId }) => accountId === accounts[0]);
      assert.equal(last?.bookedMinor, balances.get(accounts[0]!)?.bookedMinor);
      await stop();
    }
  });
});
