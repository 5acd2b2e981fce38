import assert from 'node:assert/strict';
import { test } from 'node:test';
import { postgresBook as open } from '../../test/books.ts';
import { privateRedis } from '../../test/engines/index.ts';
import { startProxy } from '../../test/faults/proxy.ts';
import { followChanges } from '../engines/redis/changes.ts';
import { eventually, openCache, openPublisher, balanceOf } from '../engines/redis/testing.ts';
import { assertProblem, testLedger } from './testing.ts';

const cacheSettings = { CACHE_TTL_MS: 60_000, CACHE_LEASE_MS: 10_000, CACHE_TIMEOUT_MS: 1_000 };

test('the statistics are of each replica and of all together, and say when others are not heard of', async () => {
  await using server = await privateRedis();
  const sharing = { cache: () => openCache({ ...cacheSettings, REDIS: server.url }) };
  await using one = await testLedger(open, sharing);
  await using other = await testLedger(open, sharing);
  const [bank, branch] = [one.tenant(), other.tenant()];
  const path = '/ledger/accounts/nobody/balance';
  for (let i = 0; i < 3; i += 1) await bank.get(path);
  for (let i = 0; i < 4; i += 1) await branch.get(path);
  const stats = async () => (await bank.get('/ledger/cache/stats')).body;
  await eventually(async () => (await stats()).all.reads === 7);
  const { reads, all, replicas, complete } = await stats();
  assert.deepEqual([reads, complete], [3, true]);
  assert.deepEqual(
    replicas.map((replica: { reads: number }) => replica.reads),
    [3, 4],
  );
  assert.equal(all.hits + all.misses + all.bypasses, all.reads);
  assert.equal(all.databaseCalls + all.databaseCallsSaved + all.failed, all.reads);
  await server.kill();
  const alone = await stats();
  assert.deepEqual([alone.complete, alone.replicas.length, alone.all.reads], [false, 1, 3]);
});

test('an answer may be as old as its caller accepts, and says how old it is', async () => {
  await using server = await privateRedis();
  await using publisher = openPublisher({ ...cacheSettings, REDIS: server.url });
  await using ledger = await testLedger(open, {
    cache: () => openCache({ ...cacheSettings, REDIS: server.url }),
    publisher,
  });
  const bank = ledger.tenant();
  await bank.open('mint');
  await bank.open('a');
  const path = '/ledger/accounts/a/balance';
  const near = () => bank.get(`${path}?maxStaleMs=60000`);
  const local = async () => (await bank.get('/ledger/cache/stats')).body.localHits as number;
  await eventually(async () => {
    await near();
    return (await local()) > 0;
  });
  const { headers, body } = await near();
  assert.match(headers.get('balance-age-ms')!, /^[0-9]+$/);
  assert.equal(body.version, 0);
  const { hits, misses, bypasses, localHits, reads } = (await bank.get('/ledger/cache/stats')).body;
  assert.equal(hits + misses + bypasses, reads, 'a copy that answers is a hit');
  assert.ok(localHits <= hits);
  assert.equal((await bank.get(path)).headers.get('balance-age-ms'), null);
  await bank.pay('mint', 'a', 5n);
  await eventually(async () => (await near()).body.version === 1);
  for (const wrong of ['60001', '-1', '2s', '1.5', '']) {
    assertProblem(await bank.get(`${path}?maxStaleMs=${wrong}`), 400, 'invalid_request');
  }
});

test('a subscriber that has lost its connection without a word is in doubt, until it hears again', async () => {
  await using server = await privateRedis();
  await using proxy = await startProxy(server.port);
  const settings = { ...cacheSettings, CACHE_TIMEOUT_MS: 50 };
  await using publisher = openPublisher({ ...settings, REDIS: server.url });
  const heard: string[] = [];
  let doubts = 0;
  await using changes = followChanges(
    { ...settings, REDIS: `127.0.0.1:${proxy.port}` },
    {
      changed: ({ tenant, accountId, version }) => heard.push(`${tenant} ${accountId} ${version}`),
      doubted: () => (doubts += 1),
    },
  );
  await eventually(() => changes.trusted);
  await publisher.publish([balanceOf('acc:1', 7)]);
  await eventually(() => heard.length === 1);
  assert.equal(heard[0], 'tnt_test acc:1 7');
  const before = doubts;
  proxy.lose();
  await eventually(() => !changes.trusted);
  assert.ok(doubts > before);
  // The connection on which nothing comes back is given up after 5 s for a new one.
  await eventually(() => changes.trusted);
  await publisher.publish([balanceOf('acc:1', 8)]);
  await eventually(() => heard.length === 2);
});
