import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { ProblemError } from '../contracts/problems.ts';
import { followsAll, type BalanceListener } from '../engines/event-log.ts';
import { realtimeFixture, transferOf, type RealtimeFixture } from './testing.ts';

test('a client that does not read costs a bounded buffer and then gets the latest of each account', async () => {
  await using fixture = await realtimeFixture();
  const accounts = Array.from({ length: 64 }, (_, index) => `acc_${index}`);
  for (const account of accounts) fixture.book.change('tnt_demo', account);
  const socket = new WebSocket(`${fixture.hubUrl}?access_token=${await fixture.token()}`);
  await once(socket, 'open');
  const heard = listenTo(socket);
  socket.send('{"protocol":"json","version":1}\x1e');
  const call = { type: 1, target: 'SubscribeMultipleBalances', arguments: [accounts] };
  socket.send(`${JSON.stringify(call)}\x1e`);
  await heard.until(() => heard.versions.size === accounts.length);
  socket.pause();

  while ((await metric(fixture, 'conflated_total')) < 1_000) await round(fixture, accounts);
  const sent = await metric(fixture, 'sent_bytes_total');
  for (let count = 0; count < 500; count += 1) await round(fixture, accounts);
  assert.equal(await metric(fixture, 'sent_bytes_total'), sent);
  assert.ok((await metric(fixture, 'conflated_total')) > 500 * 60);

  socket.resume();
  const newest = fixture.book.change('tnt_demo', accounts[0]!).version - 1;
  await heard.until(() => accounts.every((account) => heard.versions.get(account) === newest));
  assert.equal(heard.inversions, 0);
  socket.terminate();
});

test('after a gap of the event log every watched balance is the book’s again', async () => {
  const { feed, listener, establish } = silentFeed();
  establish();
  await using fixture = await realtimeFixture({ feed });
  for (const account of ['a', 'b']) fixture.book.change('tnt_demo', account);
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeMultipleBalances', ['a', 'b']);
  fixture.book.change('tnt_demo', 'a');
  fixture.book.failure = new ProblemError('unavailable', 'The ledger is away too.');
  const reads = fixture.book.reads;
  listener().gap();
  while (fixture.book.reads < reads + 4) await new Promise((resolve) => setImmediate(resolve));
  fixture.book.failure = undefined;
  await ada.until(() => ada.versions('a').at(-1) === 2);
  assert.deepEqual(ada.versions('b'), [1]);
});

test('a role that starts while the event log is away serves snapshots and catches up', async () => {
  const { feed, listener, establish } = silentFeed();
  await using fixture = await realtimeFixture({ feed });
  assert.equal((await fetch(`${fixture.role.url}/health/ready`)).status, 503);
  fixture.book.change('tnt_demo', 'a');
  const ada = await fixture.connect(await fixture.token());
  assert.equal((await ada.client.invoke('SubscribeBalance', 'a')).version, 1);
  const missed = fixture.book.change('tnt_demo', 'a');
  establish();
  await ada.until(() => ada.versions('a').at(-1) === 2);
  assert.equal((await fetch(`${fixture.role.url}/health/ready`)).status, 200);
  const { balances } = transferOf(missed, fixture.book.change('tnt_demo', 'a'));
  for (const balance of balances) listener().update(balance);
  await ada.until(() => ada.versions('a').at(-1) === 3);
  assert.deepEqual(ada.versions('a'), [1, 2, 3]);
});

/** An event log that is established when the test says so, and says only what the test says. */
function silentFeed() {
  let heard: BalanceListener | undefined;
  let connected = false;
  const established = Promise.withResolvers<void>();
  return {
    feed: {
      subscribe(listener: BalanceListener) {
        heard = listener;
        return {
          established: established.promise,
          connected: () => connected,
          lag: () => [],
          ...followsAll,
          async [Symbol.asyncDispose]() {},
        };
      },
    },
    listener: () => heard!,
    establish: () => {
      connected = true;
      established.resolve();
    },
  };
}

/** Every account changes once, in pairs, and what waits is flushed. */
async function round(fixture: RealtimeFixture, accounts: readonly string[]): Promise<void> {
  for (let index = 0; index < accounts.length; index += 2) {
    await fixture.transfer(accounts[index]!, accounts[index + 1]!);
  }
  await new Promise((resolve) => setImmediate(resolve));
}

async function metric(fixture: RealtimeFixture, name: string): Promise<number> {
  const line = new RegExp(`^atlas_realtime_${name} (\\d+)$`, 'm').exec(await fixture.metrics());
  return Number(line![1]);
}

/** The last version per account, and whether any came that was not above the one before. */
function listenTo(socket: WebSocket) {
  const state = { versions: new Map<string, number>(), inversions: 0, until };
  let look: (() => void) | undefined;
  socket.on('message', (data) => {
    for (const text of (data as Buffer).toString().split('\x1e')) {
      if (!text.includes('"balanceUpdate"')) continue;
      const { arguments: args } = JSON.parse(text) as {
        arguments: [{ accountId: string; version: number }];
      };
      const { accountId, version } = args[0];
      if (version <= (state.versions.get(accountId) ?? 0)) state.inversions += 1;
      state.versions.set(accountId, version);
    }
    look?.();
  });
  function until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      look = () => {
        if (condition()) resolve();
      };
      look();
    });
  }
  return state;
}
