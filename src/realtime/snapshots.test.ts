import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Balance } from '../contracts/balances.ts';
import { ProblemError } from '../contracts/problems.ts';
import { createSnapshots } from './snapshots.ts';

test('a thousand that ask at once cost two reads, and nobody hears of before they asked', async () => {
  let version = 1;
  let reads = 0;
  const snapshots = createSnapshots({
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
  const snapshots = createSnapshots({
    async read(token, accountId) {
      tokens.push(token);
      return balance(accountId, 1);
    },
  });
  await Promise.all([
    snapshots.read({ tenant: 'tnt_a', token: 'of a' }, 'x'),
    snapshots.read({ tenant: 'tnt_b', token: 'of b' }, 'x'),
  ]);
  assert.deepEqual(tokens.sort(), ['of a', 'of b']);
});

test('when the token that was asked with has ended, one’s own is asked', async () => {
  const snapshots = createSnapshots({
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

function watcher(token: string) {
  return { tenant: 'tnt_demo', token };
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
