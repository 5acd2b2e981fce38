import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balance } from '../contracts/balances.ts';
import { createMemoryCache } from '../engines/memory-cache.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createBalances } from './balances.ts';
import { countCache } from './cache-counts.ts';

const tenant = 'tnt_test';

/** A book whose reads see the version at their start and end when the test says so. */
function setUp() {
  const { cache, publisher } = createMemoryCache(100);
  const reads: { readonly version: number; end(): void }[] = [];
  let version = 1;
  const book = {
    async balance(_tenant: string, accountId: string): Promise<Balance> {
      const balance = balanceOf(accountId, version);
      const { promise, resolve } = Promise.withResolvers<void>();
      reads.push({ version, end: resolve });
      await promise;
      return balance;
    },
  };
  const counts = countCache(createMetrics('ledger'));
  return {
    reads,
    counts,
    balances: createBalances({ cache, book, counts }),
    pay: async () => {
      version += 1;
      await publisher.publish([balanceOf('a', version)]);
      return version;
    },
  };
}

test('a reader that came after a transfer is not answered by a read that began before it', async () => {
  const { reads, balances, pay } = setUp();
  const early = balances.read(tenant, 'a');
  await settled();
  const acknowledged = await pay();
  const late = balances.read(tenant, 'a');
  await settled();
  reads[0]!.end();
  assert.equal((await early)!.version, 1);
  await settled();
  assert.equal(reads.length, 2);
  reads[1]!.end();
  assert.equal((await late)!.version, acknowledged);
});

test('readers that wait for a fill are answered from the cache', async () => {
  const { reads, balances, counts } = setUp();
  const waiting = Array.from({ length: 10 }, () => balances.read(tenant, 'a'));
  await settled();
  reads[0]!.end();
  const answers = await Promise.all(waiting);
  assert.ok(answers.every((balance) => balance?.version === 1));
  assert.equal(reads.length, 1);
  assert.equal(counts.totals.databaseReads, 1);
});

test('an account that is overtaken again and again is answered in the end', async () => {
  const { reads, balances, pay } = setUp();
  const first = balances.read(tenant, 'a');
  const second = balances.read(tenant, 'a');
  for (let i = 0; i < 6; i += 1) {
    await settled();
    await pay();
    reads[i]?.end();
  }
  assert.ok((await first)!.version >= 1);
  assert.ok((await second)!.version >= 1);
});

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function balanceOf(accountId: string, version: number): Balance {
  return {
    tenant,
    accountId,
    currency: 'EUR',
    bookedMinor: BigInt(version),
    pendingMinor: 0n,
    version,
    updatedAt: '2026-11-24T00:00:00.000Z',
  };
}
