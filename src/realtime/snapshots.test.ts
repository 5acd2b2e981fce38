import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balance, BalanceReader } from '../contracts/balances.ts';
import { ProblemError } from '../contracts/problems.ts';
import { createSnapshots } from './snapshots.ts';

test('a thousand that ask at once cost two reads, and nobody hears of before they asked', async () => {
  let version = 1;
  let reads = 0;
  const snapshots = create({
    async read(_token, accountId) {
      reads += 1;
      const seen = balance(accountId, version);
      await new Promise(setImmediate);
      return seen;
    },
  });
  const first = snapshots.read(watcher('ada'), 'a');
  await Promise.resolve();
  version = 2;
  const others = Array.from({ length: 999 }, () => snapshots.read(watcher('ben'), 'a'));
  assert.equal((await first).version, 1);
  for (const update of await Promise.all(others)) assert.equal(update.version, 2);
  assert.equal(reads, 2);
});

test('the same account id of two tenants is read twice', async () => {
  const tokens: string[] = [];
  const snapshots = create({
    async read(token, accountId) {
      tokens.push(token);
      return balance(accountId, 1);
    },
  });
  await Promise.all([
    snapshots.read({ tenant: 'tnt_a', subject: 'ada', token: 'of a' }, 'x'),
    snapshots.read({ tenant: 'tnt_b', subject: 'ben', token: 'of b' }, 'x'),
  ]);
  assert.deepEqual(tokens.sort(), ['of a', 'of b']);
});

test('when the token that was asked with has ended, one’s own is asked', async () => {
  const snapshots = create({
    async read(token, accountId) {
      await new Promise(setImmediate);
      if (token === 'ended') throw new ProblemError('unauthenticated', 'The token has expired.');
      return balance(accountId, 1);
    },
  });
  const ended = snapshots.read(watcher('ended'), 'a');
  const next = [watcher('ended'), watcher('good')].map((each) => snapshots.read(each, 'a'));
  await assert.rejects(ended, /expired/);
  await assert.rejects(next[0]!, /expired/);
  assert.equal((await next[1]!).version, 1);
});

function create(
  balances: BalanceReader,
  limits = { atOnceMax: 8, waitingMax: 2_000, waitMs: 60_000 },
) {
  return createSnapshots(balances, limits);
}

test('one user’s thousand subscriptions do not delay another’s one', async () => {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const snapshots = create({
    async read(_token, accountId) {
      asked.push(accountId);
      await new Promise<void>((resolve) => held.push(resolve));
      return balance(accountId, 1);
    },
  });
  const many = Array.from({ length: 1_000 }, (_, i) => snapshots.read(watcher('many'), `m-${i}`));
  const one = snapshots.read(watcher('one'), 'mine');
  assert.deepEqual([snapshots.running, snapshots.waiting], [8, 993]);
  held.shift()!();
  held.shift()!();
  while (!asked.includes('mine')) await new Promise(setImmediate);
  assert.ok(asked.length <= 10, asked.join(' '));
  while (snapshots.running > 0) {
    held.shift()?.();
    await new Promise(setImmediate);
  }
  assert.equal((await one).version, 1);
  assert.equal((await Promise.all(many)).length, 1_000);
});

test('a subscription that finds no turn is refused as overload, under a name for the metric', async () => {
  const snapshots = create(
    { read: () => new Promise(() => {}) },
    { atOnceMax: 1, waitingMax: 1, waitMs: 10 },
  );
  void snapshots.read(watcher('a'), 'a');
  const late = snapshots.read(watcher('b'), 'b');
  const full = snapshots.read(watcher('c'), 'c');
  await assert.rejects(full, { code: 'overloaded', reason: 'snapshots_full' });
  await assert.rejects(late, { code: 'overloaded', reason: 'snapshots_late' });
});

function watcher(token: string) {
  return { tenant: 'tnt_demo', subject: token, token };
}

function balance(accountId: string, version: number): Balance {
  return {
    tenant: 'tnt_demo',
    accountId,
    currency: 'EUR',
    bookedMinor: 1n,
    pendingMinor: 0n,
    version,
    updatedAt: '2026-11-24T09:00:00.000Z',
  };
}
