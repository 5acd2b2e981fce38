import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as check, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { limits, type Pause } from '../limits.ts';
import { readBalance, type Balance } from '../models.ts';
import { handClock, handHub, settled, unreachable } from '../testing.ts';
import type * as wire from '../wire.ts';
import type { KnownBalance } from './balance-cache.ts';
import { ageMs } from './live-balance.ts';
import { createLiveBalances } from './live-balances.ts';

const body = (version: number, accountId = 'acc_1'): wire.Balance => ({
  accountId,
  currency: 'NGN',
  availableMinor: String(version * 100),
  pendingMinor: '0',
  bookedMinor: String(version * 100),
  version,
  updatedAt: '2026-11-24T02:00:00.000Z',
});
const balance = (version: number, accountId = 'acc_1'): Balance =>
  readBalance(body(version, accountId));

interface Setting {
  readonly reconnectPause?: Pause;
  readonly loss?: typeof unreachable;
  readonly kept?: KnownBalance;
}

async function watching({ loss, kept, reconnectPause }: Setting = {}) {
  const clock = handClock();
  const hub = handHub(clock);
  hub.loss = loss;
  const reads: string[] = [];
  const saved: KnownBalance[] = [];
  const renewals: string[] = [];
  const backs: number[] = [];
  const live = createLiveBalances({
    hub,
    clock,
    random: () => 0.5,
    reconnectPause: reconnectPause ?? limits.reconnectPause,
    renewal: { begin: () => renewals.push('begin'), end: () => renewals.push('end') },
    cache: {
      load: async () => kept,
      save: (known) => void saved.push(known),
      flush: () => undefined,
    },
    read: async (accountId) => reads.push(accountId),
    onBack: () => backs.push(clock.now()),
  });
  let changes = 0;
  const leave = live.balance('acc_1').subscribe(() => changes++);
  await clock.pass(limits.gatherMs);
  const seen = (accountId = 'acc_1') => {
    const { freshness, balance: known } = live.balance(accountId).value;
    return `${freshness} ${known === undefined ? 'unknown' : `v${known.version}`}`;
  };
  const phase = () => live.connection.value.phase;
  return { clock, hub, live, leave, seen, phase, reads, saved, backs, changes: () => changes };
}

async function subscribed(version = 5) {
  const all = await watching();
  all.hub.calls[0]?.resolve([body(version)]);
  await settled();
  assert.equal(all.seen(), `live v${version}`);
  return all;
}

test('an account is unknown until the hub confirms its subscription, and live from then on', async () => {
  const { hub, live, seen } = await watching();
  assert.equal(seen(), 'updating unknown');
  assert.deepEqual(
    [hub.calls[0]?.method, hub.calls[0]?.argument],
    ['SubscribeMultipleBalances', ['acc_1']],
  );
  hub.calls[0]?.resolve([body(5)]);
  await settled();
  assert.equal(seen(), 'live v5');
  await hub.push('balanceUpdate', body(6));
  assert.equal(seen(), 'live v6');
  assert.equal(live.balance('acc_1').value.balance?.availableMinor, 600n);
});

test('the highest version is shown whatever arrives when and from where, and never falls', async () => {
  const arrivals = array(
    record({ version: nat(20), from: constantFrom('push', 'http', 'answer', 'drop') }),
    { minLength: 1 },
  );
  await check(
    asyncProperty(arrivals, nat(20), async (all, kept) => {
      const { clock, hub, live } = await watching({ kept: { balance: balance(kept), asOfMs: 1 } });
      let shown = kept;
      for (const { version, from } of all) {
        if (from === 'push') await hub.push('balanceUpdate', body(version));
        if (from === 'http') live.offer(balance(version), 0);
        if (from === 'answer') hub.calls.pop()?.resolve([body(version)]);
        if (from === 'drop') {
          hub.drop();
          await clock.pass(limits.reconnectPause.firstMs);
        }
        await settled();
        const now = live.balance('acc_1').value.balance!.version;
        assert.ok(now >= shown, `${now} after ${shown}`);
        shown = now;
      }
      const arrived = all.filter(({ from }) => from === 'push' || from === 'http');
      const highest = Math.max(kept, ...arrived.map(({ version }) => version));
      assert.ok(shown >= highest);
      live.close();
    }),
    { numRuns: 50 },
  );
});

test('a late older balance does not make the shown one look younger', async () => {
  const { clock, live } = await watching({ loss: unreachable });
  live.offer(balance(5), clock.now());
  const asOfMs = clock.now();
  await clock.pass(10_000);
  live.offer(balance(4), clock.now());
  assert.equal(live.balance('acc_1').value.asOfMs, asOfMs);
  live.offer(balance(5), clock.now());
  assert.equal(live.balance('acc_1').value.asOfMs, clock.now(), 'the same version is news');
  live.close();
});

test('a balance out of the cache is shown at once with its age, and is not called live', async () => {
  const { clock, live, seen } = await watching({
    loss: unreachable,
    kept: { balance: balance(4), asOfMs: 400_000 },
  });
  assert.equal(seen(), 'updating v4');
  assert.equal(ageMs(live.balance('acc_1').value, clock.now()), clock.now() - 400_000);
  await clock.pass(limits.staleAfterMs);
  assert.equal(seen(), 'stale v4');
});

test('what is kept over a restart is the newest, as of when it was last current', async () => {
  const { clock, hub, saved } = await subscribed(5);
  await hub.push('balanceUpdate', body(6));
  await clock.pass(20_000);
  hub.heard = clock.now();
  hub.drop();
  assert.deepEqual(saved.at(-1), { balance: balance(6), asOfMs: clock.now() });
});

test('a lost connection keeps the value, says since when it is old, and comes back by itself', async () => {
  const { clock, hub, live, seen } = await subscribed(5);
  await clock.pass(20_000);
  hub.heard = clock.now() - 300;
  hub.loss = unreachable;
  hub.drop();
  assert.equal(seen(), 'reconnecting v5');
  assert.equal(ageMs(live.balance('acc_1').value, clock.now()), 300);
  const lostAtMs = clock.now();
  await clock.pass(limits.staleAfterMs);
  assert.equal(seen(), 'stale v5');
  assert.deepEqual(live.connection.value, {
    phase: 'offline',
    sinceMs: lostAtMs,
    reason: { code: 'unreachable', message: 'cut' },
  });
  hub.loss = undefined;
  await clock.pass(limits.reconnectPause.maxMs);
  assert.equal(seen(), 'updating v5');
  hub.calls.at(-1)?.resolve([body(8)]);
  await settled();
  assert.equal(seen(), 'live v8');
});

test('the first start is retried without end, with growing pauses', async () => {
  const { clock, hub, phase, reads } = await watching({ loss: unreachable });
  assert.equal(phase(), 'connecting');
  await clock.pass(3_600_000);
  assert.equal(phase(), 'offline');
  assert.ok(hub.starts > 800 && hub.starts < 1_000, `${hub.starts} tries in an hour`);
  assert.ok(reads.length > 600 && reads.length < 800, `${reads.length} reads in an hour`);
  hub.loss = undefined;
  await clock.pass(limits.reconnectPause.maxMs);
  assert.equal(phase(), 'connected');
});

test('an answer from before a reconnect confirms nothing', async () => {
  const { clock, hub, seen } = await watching();
  const [early] = hub.calls;
  hub.drop();
  await clock.pass(1_000);
  early?.resolve([body(3)]);
  await settled();
  assert.equal(seen(), 'updating unknown');
  hub.calls.at(-1)?.resolve([body(4)]);
  await settled();
  assert.equal(seen(), 'live v4');
});

test('a network that swallows everything is tried anew after each longest pause, by two at a time', async () => {
  const reconnectPause = { firstMs: 250, maxMs: 1_500 };
  const { clock, hub, live, phase } = await watching({ loss: unreachable, reconnectPause });
  hub.swallows = true;
  await clock.pass(1_500);
  const before = hub.starts;
  const oldest = hub.tries[0];
  await clock.pass(6_000);
  assert.deepEqual([hub.starts - before, hub.tries.length], [4, 2]);
  assert.equal(hub.tries[0], oldest, 'one stays, for a network that is only slow');
  await clock.pass(limits.connectMs);
  assert.notEqual(hub.tries[0], oldest, 'and has an end as well');
  assert.equal(phase(), 'offline');
  hub.tries[0]!.stand();
  await settled();
  assert.deepEqual([phase(), hub.tries.length], ['connected', 0]);
  live.close();
});

test('a young try that is answered soon puts aside an old one that waits, and not one that is as slow', async () => {
  const reconnectPause = { firstMs: 250, maxMs: 1_500 };
  const { clock, hub, live } = await watching({ loss: unreachable, reconnectPause });
  hub.swallows = true;
  await clock.pass(125);
  const [old] = hub.tries;
  await clock.pass(1_600);
  const young = hub.tries[1];
  young!.answer();
  assert.deepEqual([old!.leaving.aborted, young!.leaving.aborted], [true, false]);

  live.resume();
  const [first] = hub.tries;
  await clock.pass(1_400);
  first!.answer();
  await clock.pass(1_400);
  hub.tries[1]!.answer();
  assert.deepEqual([first!.leaving.aborted, hub.tries.length], [false, 2]);
  live.close();
});

test('an account beyond those that are kept is watched like any other', async () => {
  const { hub, live, seen } = await watching();
  for (let n = 0; n < limits.balancesMax; n++) live.balance(`many_${n}`).subscribe(() => {});
  const shown: (number | undefined)[] = [];
  live.balance('last').subscribe(({ balance }) => shown.push(balance?.version));
  await hub.push('balanceUpdate', body(1, 'last'));
  assert.deepEqual([shown.at(-1), seen('last')], [1, 'updating v1']);
  live.close();
});

test('who comes to another network leaves the tries of the old one', async () => {
  const { clock, hub, live, backs } = await watching({ loss: unreachable });
  hub.swallows = true;
  await clock.pass(20_000);
  const old = [...hub.tries];
  live.resume();
  assert.deepEqual(
    old.map(({ leaving }) => leaving.aborted),
    [true, true],
  );
  assert.equal(hub.tries.length, 1);
  assert.deepEqual(backs, [clock.now()], 'and what else waits is told');
  live.close();
});

test('a connection that is silent, without so much as a ping, is not called live for long, and replaced', async () => {
  const { clock, hub, live, seen } = await subscribed(5);
  await clock.pass(60_000);
  assert.equal(seen(), 'live v5', 'pings are enough');
  const heardAtMs = (hub.heard = clock.now());
  await clock.pass(limits.silenceMs);
  assert.equal(seen(), 'updating v5');
  assert.equal(live.balance('acc_1').value.asOfMs, heardAtMs);
  hub.heard = clock.now();
  await clock.pass(limits.listenMs);
  assert.equal(seen(), 'live v5', 'a late ping makes it good');
  hub.swallows = true;
  await clock.pass(limits.deafMs);
  assert.equal(seen(), 'reconnecting v5');
  assert.equal(hub.calls.length, 1, 'and the hub is asked for nothing more');
  live.close();
});

test('who touches the screen has the hub asked for a word, and is not long shown as live what it does not confirm', async () => {
  const { clock, hub, live, seen } = await subscribed(5);
  const heardAtMs = (hub.heard = clock.now());
  const touch = async () => {
    live.touch();
    await clock.pass(limits.gatherMs);
  };
  await touch();
  assert.equal(hub.calls.length, 1, 'it was heard a moment ago');
  await clock.pass(limits.lateMs);
  await touch();
  await touch();
  assert.equal(hub.calls.length, 2, 'it is asked once');
  assert.equal(seen(), 'live v5');
  await clock.pass(limits.proofMs);
  assert.equal(seen(), 'updating v5');
  assert.equal(live.balance('acc_1').value.asOfMs, heardAtMs);
  await clock.pass(limits.deafToQuestionMs - limits.proofMs);
  assert.equal(seen(), 'reconnecting v5');
  assert.ok(clock.now() - heardAtMs < limits.silenceMs, 'sooner than by the missing pings');
  live.close();
});

test('a slow answer to a touch makes it good, and the connection is kept', async () => {
  const { clock, hub, live, seen } = await subscribed(5);
  hub.heard = clock.now();
  await clock.pass(limits.lateMs);
  live.touch();
  await clock.pass(limits.deafToQuestionMs - limits.listenMs);
  assert.equal(seen(), 'updating v5');
  hub.heard = clock.now();
  hub.calls.at(-1)?.resolve([body(6)]);
  await clock.pass(limits.listenMs);
  assert.equal(seen(), 'live v6');
  assert.equal(hub.starts, 1);
  live.close();
});

test('several subscribers of an account share one subscription', async () => {
  const { hub, live, leave, clock } = await subscribed(5);
  const others = [1, 2, 3].map(() => live.balance('acc_1').subscribe(() => undefined));
  await clock.pass(1_000);
  assert.equal(hub.calls.length, 1);
  leave();
  for (const other of others.slice(1)) other();
  await clock.pass(limits.lingerMs);
  assert.equal(hub.calls.length, 1, 'one still watches');
  others[0]?.();
  await clock.pass(limits.lingerMs);
  assert.equal(hub.calls.at(-1)?.method, 'UnsubscribeBalance');
});

test('a reconnect asks for a hundred accounts in one call, and for more in as few', async () => {
  const { clock, hub, live } = await watching();
  for (let i = 0; i < 199; i++) live.balance(`acc_x${i}`).subscribe(() => undefined);
  await clock.pass(limits.gatherMs);
  hub.drop();
  const before = hub.calls.length;
  await clock.pass(1_000);
  const sizes = hub.calls.slice(before).map(({ argument }) => (argument as string[]).length);
  assert.deepEqual(sizes, [limits.accountsPerCallMax, 200 - limits.accountsPerCallMax]);
});

test('one refused account among many is found, shown with its code, and the others live', async () => {
  const { clock, hub, live, seen } = await watching();
  for (let i = 2; i <= 40; i++) live.balance(`acc_${i}`).subscribe(() => undefined);
  for (let at = 0; at < 40; at++) {
    await clock.pass(limits.gatherMs);
    for (const call of hub.calls.slice(at)) {
      const list = call.argument as string[];
      if (list.includes('acc_7')) call.reject(new Error('forbidden: not listed'));
      else call.resolve(list.map((accountId) => body(1, accountId)));
    }
  }
  assert.equal(seen('acc_7'), 'refused unknown');
  assert.equal(live.balance('acc_7').value.refusal, 'forbidden');
  for (let i = 1; i <= 40; i++) if (i !== 7) assert.equal(seen(`acc_${i}`), 'live v1');
  assert.ok(hub.calls.length < 20, `${hub.calls.length} calls`);
  const calls = hub.calls.length;
  await clock.pass(60_000);
  assert.equal(hub.calls.length, calls, 'a final refusal is not repeated');
});

test('a subscription that is refused for now is asked for again', async () => {
  const { clock, hub, seen } = await watching();
  hub.calls[0]?.reject(new Error('rate_limited: too many subscriptions a second'));
  await clock.pass(20_000);
  hub.calls[1]?.resolve([body(2)]);
  await settled();
  assert.equal(seen(), 'live v2');
});

test('in doubt the value is updating until the hub answers; without an answer the connection is replaced', async () => {
  const { clock, hub, live, seen } = await subscribed(5);
  live.resume();
  assert.equal(seen(), 'updating v5');
  await clock.pass(limits.gatherMs);
  hub.calls.at(-1)?.resolve([body(5)]);
  await clock.pass(limits.proofMs);
  assert.equal(seen(), 'live v5');
  live.resume();
  await clock.pass(limits.proofMs);
  assert.equal(seen(), 'reconnecting v5');
  await clock.pass(1_000);
  assert.equal(hub.starts, 2);
});

test('in the background the connection is closed after a while, and back at once in the foreground', async () => {
  const { clock, hub, live, seen, phase, reads } = await subscribed(5);
  live.pause();
  await clock.pass(limits.backgroundMs - 1);
  live.resume();
  await clock.pass(limits.gatherMs);
  hub.calls.at(-1)?.resolve([body(5)]);
  await clock.pass(60_000);
  assert.equal(seen(), 'live v5', 'who comes straight back was never away');
  live.pause();
  await clock.pass(limits.backgroundMs);
  assert.deepEqual([phase(), seen()], ['paused', 'stale v5']);
  await clock.pass(3_600_000);
  assert.equal(hub.starts, 1, 'nothing is tried in the background');
  live.resume();
  await settled();
  assert.deepEqual([hub.starts, phase()], [2, 'connected']);
  assert.equal(reads.at(-1), 'acc_1');
});

test('when the network comes back the next try is made at once', async () => {
  const { clock, hub, live } = await watching({ loss: unreachable });
  await clock.pass(60_000);
  const before = hub.starts;
  live.resume();
  assert.equal(hub.starts, before + 1);
});

test('a device without a network says so at once, and takes its network back at once', async () => {
  const { hub, clock, live, seen } = await subscribed(5);
  hub.loss = unreachable;
  live.offline();
  assert.equal(seen(), 'reconnecting v5');
  hub.loss = undefined;
  live.resume();
  await clock.pass(limits.gatherMs);
  hub.calls.at(-1)?.resolve([body(6)]);
  await settled();
  assert.equal(seen(), 'live v6');
});

test('who returns reads the balance over HTTP too, so that a dead connection costs no time', async () => {
  const { live, reads, seen } = await subscribed(5);
  live.resume();
  assert.deepEqual([seen(), reads], ['updating v5', ['acc_1']]);
});

test('a client that may ask sooner does, but not where the server refuses', async () => {
  const reconnectPause = { firstMs: 250, maxMs: 1_500 };
  const { hub, clock } = await watching({ loss: unreachable, reconnectPause });
  await clock.pass(600_000);
  const patient = hub.starts;
  assert.ok(patient > 750 && patient < 850, `${patient} tries in ten minutes`);
  hub.loss = { code: 'overloaded', message: 'full', final: false };
  await clock.pass(600_000);
  const refused = hub.starts - patient;
  assert.ok(refused > 140 && refused < 160, `${refused} tries of one that is refused`);
});

test('a connection that is closed as soon as it stands is made anew with growing pauses', async () => {
  const { clock, hub } = await watching();
  for (let seconds = 0; seconds < 60; seconds++) {
    hub.drop({ code: 'rate_limited', message: 'too many', final: false });
    await clock.pass(1_000);
  }
  assert.ok(hub.starts < 20, `${hub.starts} starts in a minute`);
});

test('a listener that throws stops neither the others nor the reconnect', async (t) => {
  const { clock, hub, live, phase } = await subscribed(5);
  const thrown: unknown[] = [];
  t.mock.method(globalThis, 'queueMicrotask', (report: () => void) => {
    assert.throws(report, (error) => thrown.push(error) > 0);
  });
  live.connection.subscribe(() => {
    if (phase() === 'reconnecting') throw new Error('a page with a fault');
  });
  const heard: string[] = [];
  live.connection.subscribe((state) => heard.push(state.phase));
  hub.drop();
  await clock.pass(1_000);
  assert.deepEqual(heard, ['connected', 'reconnecting', 'connected']);
  assert.equal(thrown.length, 1);
});

test('a close for good ends the tries with its reason, until somebody resumes', async () => {
  const { clock, hub, live, seen, phase } = await subscribed(5);
  hub.drop({ code: 'token_revoked', message: 'signed out', final: true });
  await clock.pass(3_600_000);
  assert.deepEqual([phase(), seen(), hub.starts], ['ended', 'stale v5', 1]);
  assert.equal(live.connection.value.reason?.code, 'token_revoked');
  live.resume();
  await settled();
  assert.equal(phase(), 'connected');
});

test('an account is unsubscribed once nobody has watched it for a while', async () => {
  const { clock, hub, live, leave, seen } = await subscribed(5);
  leave();
  await clock.pass(limits.lingerMs / 2);
  const again = live.balance('acc_1').subscribe(() => undefined);
  await clock.pass(limits.lingerMs * 2);
  assert.equal(hub.calls.length, 1, 'a page that comes back at once keeps the subscription');
  again();
  await clock.pass(limits.lingerMs);
  assert.equal(hub.calls.at(-1)?.method, 'UnsubscribeBalance');
  live.balance('acc_1').subscribe(() => undefined);
  assert.equal(seen(), 'updating v5', 'the old value is shown, but not as live');
});

test('the value stays the same object until something changes', async () => {
  const { hub, live, changes } = await subscribed(5);
  const { value } = live.balance('acc_1');
  const before = changes();
  await hub.push('balanceUpdate', body(3));
  assert.equal(live.balance('acc_1').value, value);
  assert.equal(changes(), before);
});

test('memory is bounded: balances that nobody watches are forgotten first', async () => {
  const { live, seen } = await subscribed(5);
  for (let i = 0; i < limits.balancesMax * 2; i++) live.offer(balance(1, `acc_other_${i}`), 0);
  assert.equal(seen('acc_other_0'), 'updating unknown');
  assert.equal(live.balance(`acc_other_${limits.balancesMax * 2 - 1}`).value.balance?.version, 1);
  assert.equal(seen(), 'live v5');
});

test('after close nothing is tried any more', async () => {
  const { clock, hub, live } = await subscribed(5);
  live.close();
  hub.drop();
  live.resume();
  await clock.pass(60_000);
  assert.equal(hub.starts, 1);
});
