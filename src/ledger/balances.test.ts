import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balance } from '../contracts/balances.ts';
import { seededRandom } from '../commands/demo/random.ts';
import { createMemoryCache } from '../engines/memory-cache.ts';
import { createMetrics } from '../platform/metrics.ts';
import { createBalances } from './balances.ts';
import type { AccountName } from './batched-reads.ts';
import { countCache } from './cache-counts.ts';

const tenant = 'tnt_test';

/** A book whose reads see the version at their start and end when the test says so. */
function setUp() {
  const { cache, publisher } = createMemoryCache(20_000);
  const reads: BookRead[] = [];
  let version = 1;
  const opened = new Set<string>();
  const exists = (id: string) => !id.startsWith('absent') || opened.has(id);
  const book = {
    async balances(names: readonly AccountName[], asked: () => void) {
      asked();
      const balances = names.map(({ accountId: id }) =>
        exists(id) ? balanceOf(id, opened.has(id) ? 0 : version) : undefined,
      );
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const fail = () => reject(new Error('the book is away'));
      reads.push({ accounts: names.length, version, end: resolve, fail });
      await promise;
      return balances;
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
    open: async (id: string) => {
      opened.add(id);
      await publisher.publish([balanceOf(id, 0)]);
    },
  };
}

interface BookRead {
  readonly accounts: number;
  readonly version: number;
  end(): void;
  fail(): void;
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
  assert.equal(counts.totals.databaseCalls, 1);
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

test('accounts that miss together are read by one query, those that miss meanwhile by the next', async () => {
  const { reads, balances, counts } = setUp();
  const together = Promise.all(ids(100, 'a').map((id) => balances.read(tenant, id)));
  await settled();
  assert.deepEqual(sizes(reads), [100]);
  const moment = balances.read(tenant, 'later');
  await settled();
  assert.deepEqual(sizes(reads), [100, 1]);
  const meanwhile = Promise.all(ids(200, 'b').map((id) => balances.read(tenant, id)));
  await settled();
  assert.deepEqual(sizes(reads), [100, 1], 'two queries are under way at most');
  reads[1]!.end();
  await settled();
  assert.deepEqual(sizes(reads), [100, 1, 200]);
  for (const read of reads) read.end();
  const answers = [...(await together), await moment, ...(await meanwhile)];
  assert.deepEqual(
    answers.map((balance) => balance!.accountId),
    [...ids(100, 'a'), 'later', ...ids(200, 'b')],
  );
  assert.deepEqual([counts.totals.databaseCalls, counts.totals.saved], [3, 298]);
});

test('a query takes 256 accounts at most', async () => {
  const { reads, balances } = setUp();
  const all = Promise.all(ids(600, 'a').map((id) => balances.read(tenant, id)));
  await settled();
  assert.deepEqual(sizes(reads), [256, 256]);
  for (const read of reads) read.end();
  await settled();
  assert.deepEqual(sizes(reads), [256, 256, 88]);
  reads[2]!.end();
  assert.equal((await all).length, 600);
});

test('an account that does not exist is asked for once, and found the moment it is opened', async () => {
  const { reads, balances, counts, open } = setUp();
  const asked = balances.read(tenant, 'absent-b');
  await settled();
  reads[0]!.end();
  assert.equal(await asked, undefined);
  assert.equal(await balances.read(tenant, 'absent-b'), undefined);
  assert.equal(counts.totals.databaseCalls, 1);
  await open('absent-b');
  const found = balances.read(tenant, 'absent-b');
  await settled();
  reads[1]!.end();
  assert.equal((await found)!.version, 0);
});

test('more reads than may wait for the book are refused at once', async () => {
  const { reads, balances } = setUp();
  const waiting = ids(10_000, 'a').map((id) => balances.read(tenant, id));
  await settled();
  await assert.rejects(balances.read(tenant, 'one-more'), { code: 'overloaded' });
  for (let i = 0; i < 40; i += 1) {
    reads[i]?.end();
    await settled();
  }
  assert.equal((await Promise.all(waiting)).length, 10_000);
});

test('every read is counted once by what the cache said, and once by how it ended', async () => {
  const { reads, balances, counts, pay } = setUp();
  const random = seededRandom(7);
  const all: Promise<unknown>[] = [];
  for (let step = 0; step < 400; step += 1) {
    const read = () => balances.read(tenant, `a${Math.floor(random() * 30)}`);
    const some = Array.from({ length: Math.floor(random() * 8) }, () => read().catch(() => {}));
    all.push(...some);
    if (random() < 0.3) await pay();
    await settled();
    if (random() < 0.5) for (const { end } of reads) end();
    else if (random() < 0.3) for (const { fail } of reads) fail();
  }
  let ended = false;
  const finished = Promise.all(all).then(() => (ended = true));
  while (!ended) {
    for (const { end } of reads) end();
    await settled();
  }
  await finished;
  const { hit, miss, bypass, databaseCalls, saved, failed } = counts.totals;
  assert.equal(hit + miss + bypass, all.length);
  assert.equal(databaseCalls + saved + failed, all.length);
  assert.equal(databaseCalls, reads.length);
  assert.ok(hit > 0 && miss > 0 && failed > 0, JSON.stringify(counts.totals));
});

function ids(count: number, prefix: string): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

function sizes(reads: readonly { readonly accounts: number }[]): number[] {
  return reads.map(({ accounts }) => accounts);
}

/** Nothing here waits for anything but turns of the event loop, and for what the test ends itself. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
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
