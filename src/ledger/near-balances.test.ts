import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balance } from '../contracts/balances.ts';
import type { ChangeListener } from '../engines/balance-cache.ts';
import { createMetrics } from '../platform/metrics.ts';
import { countCache } from './cache-counts.ts';
import { createNearBalances } from './near-balances.ts';

const tenant = 'tnt_test';
const anyAge = { minVersion: 0, maxStaleMs: 60_000 };

function setUp() {
  const state = { nowMs: 0, version: 1, trusted: true, reads: 0 };
  let listener: ChangeListener | undefined;
  let meanwhile: (() => void) | undefined;
  const counts = countCache(createMetrics('ledger'));
  const near = createNearBalances({
    follow(given) {
      listener = given;
      return {
        get trusted() {
          return state.trusted;
        },
        async [Symbol.asyncDispose]() {},
      };
    },
    async read(_tenant, accountId) {
      state.reads += 1;
      const balance = balanceOf(accountId, state.version);
      meanwhile?.();
      return balance;
    },
    counts,
    nowMs: () => state.nowMs,
  });
  return {
    state,
    counts,
    near,
    get listener() {
      return listener;
    },
    /** Happens between the read and its answer. */
    during(what: () => void) {
      meanwhile = what;
    },
    async get(accountId: string, wanted = anyAge) {
      return near.find(tenant, accountId, wanted) ?? (await near.read(tenant, accountId));
    },
  };
}

test('nothing is kept, and no change listened to, until a caller accepts an age', async () => {
  const scene = setUp();
  assert.equal(scene.listener, undefined);
  await scene.get('a');
  assert.ok(scene.listener !== undefined);
});

test('a copy answers those who accept its age, says it, and no others', async () => {
  const { state, get, counts } = setUp();
  assert.deepEqual(await get('a'), { balance: balanceOf('a', 1), ageMs: 0 });
  state.version = 2;
  state.nowMs = 1_500;
  assert.deepEqual(await get('a', { minVersion: 0, maxStaleMs: 1_500 }), {
    balance: balanceOf('a', 1),
    ageMs: 1_500,
  });
  assert.equal(counts.totals.local, 1);
  assert.equal((await get('a', { minVersion: 0, maxStaleMs: 1_499 })).balance!.version, 2);
  state.nowMs = 1_501;
  assert.equal((await get('a', { minVersion: 3, maxStaleMs: 9_000 })).ageMs, 0);
  assert.equal(state.reads, 3);
});

test('the age counts from the beginning of the read that it came from', async () => {
  const { state, get, during } = setUp();
  during(() => (state.nowMs = 400));
  await get('a');
  assert.equal((await get('a')).ageMs, 400);
});

test('a change drops the copy at once, and a read that it overtook leaves none', async () => {
  const scene = setUp();
  const { state, get } = scene;
  await get('a');
  const change = { tenant, accountId: 'a', version: 2 };
  state.version = 2;
  scene.listener!.changed(change);
  assert.equal((await get('a')).balance!.version, 2);
  scene.listener!.changed(change);
  assert.equal((await get('a')).balance!.version, 2, 'a repeat drops nothing');
  assert.equal(state.reads, 2);
  scene.during(() => scene.listener!.changed({ ...change, accountId: 'b', version: 3 }));
  await get('b');
  await get('b');
  assert.equal(state.reads, 4);
});

test('in doubt about changes every copy goes, and none is kept until the doubt is over', async () => {
  const scene = setUp();
  const { state, get } = scene;
  await get('a');
  await get('b');
  scene.listener!.doubted();
  state.trusted = false;
  await get('a');
  await get('a');
  assert.equal(state.reads, 4);
  state.trusted = true;
  scene.during(() => scene.listener!.doubted());
  await get('a');
  await get('a');
  assert.equal(state.reads, 6, 'a doubt while it is read');
});

test('a version that is awaited is not answered by an older copy', async () => {
  const { state, get } = setUp();
  await get('a');
  state.version = 5;
  assert.equal((await get('a', { ...anyAge, minVersion: 5 })).balance!.version, 5);
});

test('ten thousand copies are kept at most', async () => {
  const { state, get } = setUp();
  for (let i = 0; i <= 10_000; i += 1) await get(`a${i}`);
  state.reads = 0;
  await get('a10000');
  assert.equal(state.reads, 0);
  await get('a0');
  assert.equal(state.reads, 1);
});

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
