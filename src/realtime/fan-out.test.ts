import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EncodedMessage } from '@atlas/signalr';
import * as fc from 'fast-check';
import type { BalanceUpdate } from '../contracts/hub.ts';
import { followsAll } from '../engines/event-log.ts';
import { FanOut } from './fan-out.ts';
import type { Flush } from './flush-schedule.ts';
import { limits } from './limits.ts';
import { createRecentUpdates } from './recent.ts';
import type { Outlet, Watcher } from './watch.ts';

const accounts = ['acc_a', 'acc_b'] as const;
const watcherCount = 3;

/** A step of an account (commits, acknowledgements, deliveries) or of a connection. */
const step = fc.oneof(
  fc.record({
    act: fc.constantFrom('commit', 'acknowledge', 'deliver', 'repeat'),
    account: fc.constantFrom(...accounts),
    watcher: fc.constant(0),
  }),
  fc.record({
    act: fc.constantFrom('watch', 'read', 'confirm', 'unwatch', 'stall', 'drain', 'flush'),
    account: fc.constantFrom(...accounts),
    watcher: fc.nat(watcherCount - 1),
  }),
);

test('whatever comes first, versions only rise, nothing is sent twice and the last value is the book’s', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 30, maxLength: 120 }), (steps) => {
      const world = new World();
      for (const { act, account, watcher } of steps) world[act](account, watcher);
      world.settle();
    }),
    { numRuns: 2_000 },
  );
});

test('a connection that cannot take more skips what was overtaken and gets the latest', () => {
  const world = new World();
  for (let version = 1; version <= 3; version += 1) world.commit('acc_a');
  world.acknowledge('acc_a');
  for (const act of ['watch', 'read', 'confirm', 'stall'] as const) world[act]('acc_a', 0);
  for (let version = 1; version <= 1_000; version += 1) {
    world.commit('acc_a');
    world.deliver('acc_a');
    world.flush();
  }
  const [stalled] = world.connections;
  assert.equal(stalled!.sent.length, 2);
  assert.equal(stalled!.watcher.unsent.length, 1);
  world.drain('acc_a', 0);
  assert.deepEqual(stalled!.versions('acc_a'), [3, 1_000]);
  assert.ok(world.fanOut.counts.conflated > 900);
});

test('what was delivered of a transfer is counted by connection, and first balances are not', () => {
  const world = new World({ connections: 3 });
  for (const index of [0, 1, 2]) {
    for (const act of ['watch', 'read', 'confirm'] as const) world[act]('acc_a', index);
  }
  assert.deepEqual(world.delivered, [], 'snapshots are of no transfer');
  world.stall('acc_a', 2);
  world.commit('acc_a');
  world.deliver('acc_a');
  world.flush();
  assert.deepEqual(world.delivered, [['entry', 2]]);
  world.drain('acc_a', 2);
  assert.deepEqual(world.delivered.slice(1), [['entry', 1]]);
  world.returned(0);
  world.flush();
  assert.equal(
    world.delivered.length,
    2,
    'what is sent again to one who was away is not the first',
  );
});

test('bytes are made once an encoding, shared by all connections and then forgotten', () => {
  const world = new World();
  world.commit('acc_a');
  for (let watcher = 0; watcher < watcherCount; watcher += 1) {
    for (const act of ['watch', 'read', 'confirm'] as const) world[act]('acc_a', watcher);
  }
  world.commit('acc_a');
  world.deliver('acc_a');
  world.deliver('acc_a');
  world.flush();
  const last = world.connections.map(({ messages }) => messages.at(-1)!);
  assert.equal(new Set(last).size, 1);
  assert.equal(last[0]!.json, last[0]!.json);
  for (const latest of world.fanOut.watched()) assert.equal(latest.isEncoded, false);
});

test('a flush over many connections lets other work in, and those still to come get what is newer', () => {
  const world = new World({ connections: limits.connectionsPerFlushMax + 1 });
  world.commit('acc_a');
  world.acknowledge('acc_a');
  for (const index of world.connections.keys()) {
    for (const act of ['watch', 'read', 'confirm'] as const) world[act]('acc_a', index);
  }
  world.commit('acc_a');
  for (let version = 1; version <= 2; version += 1) world.deliver('acc_a');
  assert.equal(world.flushSome(), false);
  world.commit('acc_a');
  world.deliver('acc_a');
  assert.equal(world.flushSome(), true);
  assert.deepEqual(world.connections.at(-1)!.versions('acc_a'), [1, 3]);
  world.flush();
  for (const each of world.connections) assert.equal(each.versions('acc_a').at(-1), 3);
});

test('what nobody watches any more is forgotten', () => {
  const world = new World();
  world.commit('acc_a');
  for (const act of ['watch', 'read', 'confirm'] as const) world[act]('acc_a', 1);
  assert.equal([...world.fanOut.watched()].length, 1);
  world.fanOut.leave(world.connections[1]!.watcher);
  assert.equal([...world.fanOut.watched()].length, 0);
  assert.equal(world.fanOut.counts.watches, 0);
});

/** A connection that remembers what it was sent and complains at once when that is wrong. */
class Connection implements Outlet {
  writable = true;
  readonly sent: { target: string; version: number; accountId: string }[] = [];
  readonly messages: EncodedMessage[] = [];
  readonly watcher: Watcher;
  readonly #highest = new Map<string, number>();
  /** Snapshots that were read and not yet confirmed. */
  readonly pending = new Map<string, 'watching' | 'read'>();

  constructor(fanOut: FanOut) {
    this.watcher = fanOut.join({ tenant: 'tnt_demo', subject: 'tester', token: 'token' }, this);
  }

  sendEncoded(messages: readonly EncodedMessage[]): void {
    for (const message of messages) {
      const { target, arguments: args } = JSON.parse(message.json.toString().slice(0, -1)) as {
        target: string;
        arguments: [{ accountId: string; version: number }];
      };
      const { accountId, version } = args[0];
      if (target === 'balanceUpdate') {
        assert.ok(this.watcher.watches.get(accountId)?.open, 'sent before the confirmation');
        assert.ok(version > (this.#highest.get(accountId) ?? -1), 'a version did not rise');
        this.#highest.set(accountId, version);
      }
      this.sent.push({ target, version, accountId });
      this.messages.push(message);
    }
  }

  /** A new subscription may begin with the version that the last one ended with. */
  forget(accountId: string): void {
    const highest = this.#highest.get(accountId);
    if (highest !== undefined) this.#highest.set(accountId, highest - 1);
  }

  versions(accountId: string): number[] {
    return this.sent
      .filter((each) => each.accountId === accountId && each.target === 'balanceUpdate')
      .map(({ version }) => version);
  }
}

/** A book, a log and three connections, moved step by step in any order. */
class World {
  readonly #flushes: Flush[] = [];
  readonly fanOut = new FanOut({
    recent: createRecentUpdates({ lifetimeMs: 1_000, updatesMax: 100, now: () => 0 }),
    soon: (flush) => void this.#flushes.push(flush),
    now: () => 0,
    feed: followsAll,
    delivered: (entryId, _firstAtMs, _lastAtMs, deliveries) =>
      void this.delivered.push([entryId, deliveries]),
  });
  /** Entry ids with the connections that were written their balance. */
  readonly delivered: [string, number][] = [];
  readonly connections: Connection[];
  /** The oracle: the newest version ever offered, per account. */
  readonly #newest = new Map<string, number>();
  /** Per account: committed, acknowledged (no read is older) and delivered by the log. */
  readonly #versions = new Map(
    accounts.map((account) => [account as string, { committed: 0, acknowledged: 0, delivered: 0 }]),
  );

  constructor({ connections = watcherCount } = {}) {
    this.connections = Array.from({ length: connections }, () => new Connection(this.fanOut));
  }

  commit(account: string): void {
    this.#of(account).committed += 1;
  }

  acknowledge(account: string): void {
    const versions = this.#of(account);
    versions.acknowledged = versions.committed;
  }

  deliver(account: string): void {
    const versions = this.#of(account);
    if (versions.delivered === versions.committed) return;
    versions.delivered += 1;
    this.#offer(account, versions.delivered, 'entry');
  }

  repeat(account: string): void {
    const { delivered } = this.#of(account);
    if (delivered > 0) this.#offer(account, Math.ceil(delivered / 2), 'entry');
  }

  watch(account: string, index: number): void {
    const { watcher, pending } = this.connections[index]!;
    void this.fanOut.watch(watcher, account);
    if (!pending.has(account)) pending.set(account, 'watching');
  }

  /** The oldest that a reader may answer: the cache has what was acknowledged, and no more. */
  read(account: string, index: number): void {
    const { pending } = this.connections[index]!;
    if (pending.get(account) !== 'watching') return;
    this.#offer(account, this.#of(account).acknowledged, null);
    pending.set(account, 'read');
  }

  confirm(account: string, index: number): void {
    const { watcher, pending } = this.connections[index]!;
    if (pending.get(account) !== 'read') return;
    pending.delete(account);
    const [balance] = this.fanOut.confirm(watcher, [account]);
    assert.equal(balance!.version, this.#newest.get(account));
  }

  unwatch(account: string, index: number): void {
    const connection = this.connections[index]!;
    this.fanOut.unwatch(connection.watcher, account);
    connection.pending.delete(account);
    connection.forget(account);
  }

  stall(_account: string, index: number): void {
    this.connections[index]!.writable = false;
  }

  drain(_account: string, index: number): void {
    const connection = this.connections[index]!;
    connection.writable = true;
    this.fanOut.drained(connection.watcher);
  }

  returned(index: number): void {
    const connection = this.connections[index]!;
    for (const account of accounts) connection.forget(account);
    this.fanOut.returned(connection.watcher);
  }

  /** A step of the flush that waits longest; true when it was the last. */
  flushSome(): boolean {
    const finished = this.#flushes[0]!();
    if (finished) this.#flushes.shift();
    return finished;
  }

  flush(): void {
    for (const flush of this.#flushes.splice(0)) while (!flush());
    for (const { watcher, writable } of this.connections) {
      for (const [account, { sentVersion, open }] of watcher.watches) {
        if (open && writable) assert.equal(sentVersion, this.#newest.get(account));
      }
    }
  }

  /** Everything arrives and drains: each subscription must now show the book's version. */
  settle(): void {
    for (const account of accounts) {
      while (this.#of(account).delivered < this.#of(account).committed) this.deliver(account);
      for (const index of this.connections.keys()) {
        this.read(account, index);
        this.confirm(account, index);
      }
    }
    for (const index of this.connections.keys()) this.drain('', index);
    this.flush();
    for (const { watcher } of this.connections) {
      for (const [account, { sentVersion }] of watcher.watches) {
        assert.equal(sentVersion, this.#of(account).committed);
      }
      assert.equal(watcher.unsent.length, 0);
    }
  }

  #offer(account: string, version: number, entryId: string | null): void {
    this.#newest.set(account, Math.max(version, this.#newest.get(account) ?? -1));
    this.fanOut.offer('tnt_demo', update(account, version, entryId));
  }

  #of(account: string) {
    return this.#versions.get(account)!;
  }
}

function update(accountId: string, version: number, entryId: string | null): BalanceUpdate {
  const minor = String(version);
  return {
    accountId,
    currency: 'NGN',
    availableMinor: minor,
    pendingMinor: '0',
    bookedMinor: minor,
    version,
    updatedAt: '2026-11-24T09:00:00.000Z',
    entryId,
  };
}
