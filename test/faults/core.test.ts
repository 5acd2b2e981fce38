import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { kafka, postgres, privatePostgres, redis } from '../engines/index.ts';
import type { Client, Environment } from '../system.ts';
import { assertKeptExactlyOnce } from './book.ts';
import { startLoad } from './load.ts';
import { startCluster, type Cluster, type RoleProcess } from './processes.ts';

const accounts = Array.from({ length: 20 }, (_, i) => `account-${i}`);
const callers = 32;

interface Payments {
  readonly core: RoleProcess;
  readonly client: Client;
}

async function engines(databaseUrl: string, redisUrl: string): Promise<Environment> {
  const broker = await kafka();
  return {
    DATABASE_URL: databaseUrl,
    REDIS: redisUrl,
    KAFKA_BOOTSTRAP: broker.bootstrap,
    TOPIC_BALANCE_UPDATES: broker.name('balance-updates'),
    TOPIC_LEDGER_EVENTS: broker.name('ledger-events'),
    TOPIC_PARTITIONS: '3',
  };
}

/** A core, and beside it the roles through which clients reach it. */
async function startPayments(cluster: Cluster): Promise<Payments> {
  const core = await cluster.start(['core']);
  const front = await cluster.start(['payments', 'ledger', 'gateway'], {
    LEDGER_INTERNAL: core.urls['core']!,
  });
  return { core, client: await cluster.client(front.urls['gateway']!) };
}

async function openAccounts(client: Client): Promise<void> {
  for (const id of accounts) assert.equal((await client.open(id, null)).status, 201);
}

/** Whatever `strike` does under load: what was acknowledged is in the book, once, and callers hear 503 at most. */
async function keepsAll(
  server: { readonly url: string },
  strike: (core: RoleProcess, more: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await using cache = await redis();
  await using cluster = await startCluster(await engines(server.url, cache.url));
  const { core, client } = await startPayments(cluster);
  await openAccounts(client);
  const load = startLoad(client, accounts, callers);
  const more = () => load.more(300);
  await more();
  await strike(core, more);
  await load.stop();
  assert.deepEqual(load.unexpected, []);
  await assertKeptExactlyOnce(server.url, load.acknowledged, load.sent);
}

describe('in full load', () => {
  it('kill −9 of the core loses no acknowledged transfer and posts none twice', async () => {
    await using database = await postgres();
    await keepsAll(database, async (core, more) => {
      for (let kill = 0; kill < 3; kill += 1) {
        await core.kill('SIGKILL');
        await core.restart();
        await more();
      }
    });
  });

  it('kill −9 of PostgreSQL loses no acknowledged transfer and posts none twice', async () => {
    await using server = await privatePostgres();
    await keepsAll(server, async (_core, more) => {
      for (let kill = 0; kill < 2; kill += 1) {
        await server.kill();
        await server.restart();
        await more();
      }
    });
  });

  it('a restart of PostgreSQL is waited for: clients see 503 at most, and everything is kept', async () => {
    await using server = await privatePostgres();
    await keepsAll(server, async (_core, more) => {
      await server.stop();
      await server.restart();
      await more();
    });
  });

  it('two cores on one database stay correct while one is killed, and readers never see an old balance', async () => {
    await using database = await postgres();
    await using cache = await redis();
    await using cluster = await startCluster(await engines(database.url, cache.url));
    const first = await startPayments(cluster);
    const second = await startPayments(cluster);
    await openAccounts(first.client);
    const loads = [
      startLoad(first.client, accounts, callers / 2),
      startLoad(second.client, accounts, callers / 2),
    ];
    // The same keys from both sides: whoever is second must hear the first answer.
    await Promise.all(loads.map((load) => load.more(200)));
    await second.core.kill('SIGKILL');
    await loads[0]!.more(300);
    for (const account of accounts) {
      const here = await first.client.balance(account);
      const there = await second.client.balance(account);
      assert.ok(
        there.body.version >= here.body.version,
        'versions only rise for whoever reads later',
      );
    }
    await second.core.restart();
    await loads[1]!.more(200);
    await Promise.all(loads.map((load) => load.stop()));
    const acknowledged = loads.flatMap((load) => load.acknowledged);
    const sent = new Set(loads.flatMap((load) => [...load.sent]));
    const unexpected = loads.flatMap((load) => load.unexpected);
    assert.deepEqual(
      unexpected.filter((line) => !line.includes('request_in_flight')),
      [],
    );
    await assertKeptExactlyOnce(database.url, acknowledged, sent);
  });
});
