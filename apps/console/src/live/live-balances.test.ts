import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, asyncProperty, boolean, nat, record } from 'fast-check';
import type { BalanceBody } from '../../../../src/contracts/balances.ts';
import {
  checkTimeoutMs,
  createLiveBalances,
  keptMax,
  lingerMs,
  type LiveBalance,
} from './live-balances.ts';
import { offlineAfterMs } from './steady-connection.ts';
import { handClock, handHub, settled } from './testing.ts';

const balance = (version: number, accountId = 'acc_1'): BalanceBody => ({
  accountId,
  currency: 'NGN',
  availableMinor: String(version * 100),
  pendingMinor: '0',
  bookedMinor: String(version * 100),
  version,
  updatedAt: '2026-11-24T02:00:00.000Z',
});

async function watching(reachable = true) {
  const clock = handClock();
  const hub = handHub();
  hub.reachable = reachable;
  const heard: { atMs: number | undefined } = { atMs: undefined };
  const live = createLiveBalances({ hub, clock, random: () => 0.5, heardAtMs: () => heard.atMs });
  let changes = 0;
  const unwatch = live.watch('acc_1', () => changes++);
  await settled();
  const seen = () => {
    const { state, balance: known } = live.read('acc_1');
    return `${state} ${known === undefined ? 'unknown' : `v${known.version}`}`;
  };
  return { clock, hub, heard, live, unwatch, seen, changes: () => changes };
}

async function subscribed(version = 5) {
  const all = await watching();
  all.hub.calls[0]?.resolve(balance(version));
  await settled();
  assert.equal(all.seen(), `live v${version}`);
  return all;
}

test('an account is unknown until the hub confirms its subscription, and live from then on', async () => {
  const { hub, seen } = await watching();
  assert.equal(seen(), 'updating unknown');
  assert.deepEqual([hub.calls[0]?.method, hub.calls[0]?.args], ['SubscribeBalance', ['acc_1']]);
  hub.calls[0]?.resolve(balance(5));
  await settled();
  assert.equal(seen(), 'live v5');
  await hub.push('balanceUpdate', balance(6));
  assert.equal(seen(), 'live v6');
});

test('a late REST reply never replaces a newer push', async () => {
  const { hub, live, seen } = await subscribed(5);
  await hub.push('balanceUpdate', balance(9));
  live.offer(balance(7), 0);
  assert.equal(seen(), 'live v9');
  live.offer(balance(10), 0);
  assert.equal(seen(), 'live v10');
});

test('the highest version is shown whatever arrives when', async () => {
  const arrivals = array(record({ version: nat(20), push: boolean() }), {
    minLength: 1,
  });
  await check(
    asyncProperty(arrivals, async (all) => {
      const { hub, live } = await watching();
      for (const { version, push } of all) {
        if (push) await hub.push('balanceUpdate', balance(version));
        else live.offer(balance(version), 0);
      }
      const highest = Math.max(...all.map(({ version }) => version));
      assert.deepEqual(live.read('acc_1').balance, balance(highest));
    }),
    { numRuns: 50 },
  );
});

test('a REST reply is shown before the hub answers, but is not called live', async () => {
  const { live, clock, seen } = await watching();
  live.offer(balance(4), clock.now());
  assert.equal(seen(), 'updating v4');
});

test('a lost connection keeps the value, says since when it is old, and comes back by itself', async () => {
  const { clock, hub, heard, live, seen } = await subscribed(5);
  await clock.pass(20_000);
  heard.atMs = clock.now() - 300;
  hub.reachable = false;
  hub.drop();
  assert.equal(seen(), 'reconnecting v5');
  assert.equal(live.read('acc_1').asOfMs, clock.now() - 300);
  await clock.pass(offlineAfterMs);
  assert.equal(seen(), 'offline v5');
  hub.reachable = true;
  await clock.pass(10_000);
  assert.equal(seen(), 'updating v5');
  hub.calls.at(-1)?.resolve(balance(8));
  await settled();
  assert.equal(seen(), 'live v8');
});

test('the first start is retried without end, with growing pauses', async () => {
  const { clock, hub, seen } = await watching(false);
  assert.equal(seen(), 'updating unknown');
  await clock.pass(offlineAfterMs);
  assert.equal(seen(), 'offline unknown');
  await clock.pass(3_600_000);
  assert.ok(hub.starts > 400 && hub.starts < 700, `${hub.starts} attempts in an hour`);
  hub.reachable = true;
  await clock.pass(10_000);
  assert.equal(seen(), 'updating unknown');
});

test('an answer from before a reconnect confirms nothing', async () => {
  const { clock, hub, seen } = await watching();
  const [early] = hub.calls;
  hub.drop();
  await clock.pass(1_000);
  early?.resolve(balance(3));
  await settled();
  assert.equal(seen(), 'updating unknown');
  hub.calls.at(-1)?.resolve(balance(4));
  await settled();
  assert.equal(seen(), 'live v4');
});

test('a refused subscription shows its code and is not repeated', async () => {
  const { clock, hub, live } = await watching();
  hub.calls[0]?.reject(new Error('forbidden: the token does not list this account'));
  await clock.pass(60_000);
  assert.deepEqual(live.read('acc_1'), {
    state: 'refused',
    balance: undefined,
    asOfMs: undefined,
    refusal: 'forbidden',
  } satisfies LiveBalance);
  assert.equal(hub.calls.length, 1);
});

test('a subscription that is refused for now is asked for again', async () => {
  const { clock, hub, seen } = await watching();
  hub.calls[0]?.reject(new Error('rate_limited: too many subscriptions a second'));
  await clock.pass(20_000);
  hub.calls[1]?.resolve(balance(2));
  await settled();
  assert.equal(seen(), 'live v2');
});

test('in doubt the value is updating until the hub answers; without an answer the connection is replaced', async () => {
  const { clock, hub, live, seen } = await subscribed(5);
  live.check();
  assert.equal(seen(), 'updating v5');
  hub.calls.at(-1)?.resolve(balance(5));
  await clock.pass(checkTimeoutMs);
  assert.equal(seen(), 'live v5');

  live.check();
  hub.reachable = false;
  await clock.pass(checkTimeoutMs);
  assert.equal(seen(), 'reconnecting v5');
});

test('when the network comes back the next attempt is made at once', async () => {
  const { clock, hub, live } = await watching(false);
  await clock.pass(60_000);
  const before = hub.starts;
  hub.reachable = true;
  live.check();
  assert.equal(hub.starts, before + 1);
});

test('an account is unsubscribed once nobody has watched it for a while', async () => {
  const { clock, hub, live, unwatch, seen } = await subscribed(5);
  unwatch();
  await clock.pass(lingerMs / 2);
  const again = live.watch('acc_1', () => undefined);
  await clock.pass(lingerMs * 2);
  assert.equal(hub.calls.length, 1, 'a page that comes back at once keeps the subscription');
  again();
  await clock.pass(lingerMs);
  assert.equal(hub.calls.at(-1)?.method, 'UnsubscribeBalance');
  live.watch('acc_1', () => undefined);
  assert.equal(seen(), 'updating v5', 'the old value is shown, but not as live');
});

test('the view stays the same object until something changes', async () => {
  const { hub, live, changes } = await subscribed(5);
  const view = live.read('acc_1');
  const before = changes();
  await hub.push('balanceUpdate', balance(3));
  assert.equal(live.read('acc_1'), view);
  assert.equal(changes(), before);
});

test('memory is bounded: balances that nobody watches are forgotten first', async () => {
  const { live, seen } = await subscribed(5);
  for (let i = 0; i < keptMax * 2; i++) live.offer(balance(1, `acc_other_${i}`), 0);
  assert.equal(live.read('acc_other_0').balance, undefined);
  assert.equal(live.read(`acc_other_${keptMax * 2 - 1}`).balance?.version, 1);
  assert.equal(seen(), 'live v5');
});

test('after close nothing is tried any more', async () => {
  const { clock, hub, live } = await subscribed(5);
  live.close();
  await clock.pass(60_000);
  assert.equal(hub.starts, 1);
});
