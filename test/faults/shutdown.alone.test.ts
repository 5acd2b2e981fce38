import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { postgres, privateKafka } from '../engines/index.ts';
import type { Environment } from '../system.ts';
import { startCluster, type Cluster, type RoleProcess } from './processes.ts';
import { startProxy } from './proxy.ts';

const drainMs = 1_000;

function startAll(cluster: Cluster): Promise<RoleProcess> {
  return cluster.start(['core', 'payments', 'ledger', 'realtime', 'gateway'], {
    ATLAS_DRAIN_MS: String(drainMs),
  });
}

/** Hangs the engine with transfers under way, asks the process to end, and measures. */
async function endWhile(hang: () => void, engines: Environment): Promise<void> {
  await using cluster = await startCluster(engines);
  const atlas = await startAll(cluster);
  const client = await cluster.client(atlas.urls['gateway']!);
  for (const id of ['a', 'b']) assert.equal((await client.open(id, null)).status, 201);
  assert.equal((await client.transfer('before', 'a', 'b', '1')).status, 201);
  hang();
  const underWay = ['k1', 'k2', 'k3'].map((key) => client.transfer(key, 'a', 'b', '1'));
  await Promise.race([...underWay, new Promise((resolve) => setTimeout(resolve, 300))]);
  const startedAt = performance.now();
  assert.equal(await atlas.kill('SIGTERM'), 0);
  assert.ok(performance.now() - startedAt < drainMs + 3_000);
  await Promise.allSettled(underWay);
}

describe('one process with all roles', () => {
  it('ends within its drain time while PostgreSQL hangs', async () => {
    await using database = await postgres();
    const url = new URL(database.url);
    await using proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    await endWhile(() => proxy.hold(), { DATABASE_URL: url.href });
  });

  it('ends within its drain time while Kafka hangs', async () => {
    await using database = await postgres();
    await using broker = await privateKafka();
    const engines = { DATABASE_URL: database.url, KAFKA_BOOTSTRAP: broker.bootstrap };
    await endWhile(() => broker.pause(), { ...engines, TOPIC_PARTITIONS: '3' });
  });

  it('starts and takes transfers while Kafka is dead, and delivers them when it is back', async () => {
    await using database = await postgres();
    await using broker = await privateKafka();
    await broker.kill();
    await using cluster = await startCluster({
      DATABASE_URL: database.url,
      KAFKA_BOOTSTRAP: broker.bootstrap,
      TOPIC_PARTITIONS: '3',
    });
    const atlas = await startAll(cluster);
    const client = await cluster.client(atlas.urls['gateway']!);
    for (const id of ['a', 'b']) assert.equal((await client.open(id, null)).status, 201);
    assert.equal((await client.transfer('k', 'a', 'b', '1')).status, 201);
    await broker.restart();
    const published = async () => {
      const metrics = await (await fetch(`${atlas.urls['core']!}/metrics`)).text();
      return /relay_published\S* 1$/m.test(metrics);
    };
    const giveUpAt = performance.now() + 40_000;
    while (!(await published())) {
      assert.ok(performance.now() < giveUpAt, 'the transfer is published');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
});
