import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { defaultLimits } from '@atlas/signalr';
import { feeling } from '../platform/testing.ts';
import { realtimeFixture, type RealtimeFixture } from './testing.ts';

const sample = async (fixture: RealtimeFixture, name: string) =>
  Number(
    (await fixture.metrics())
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? 0,
  );
const refusals = (fixture: RealtimeFixture, reason: string) =>
  sample(fixture, `atlas_realtime_refusals_total{reason="${reason}"}`);
const stats = async (fixture: RealtimeFixture, scope = 'ops') => {
  const headers = { authorization: `Bearer ${await fixture.token({ scope })}` };
  return fetch(`${fixture.role.url}/ws/load-shedding/stats`, { headers });
};
/** Bodies are whatever the role says; tests assert on them. */
// eslint-disable-next-line typescript/no-explicit-any
const bodyOf = async (answer: Response) => (await answer.json()) as any;
const until = async (fixture: RealtimeFixture, name: string, value: number) => {
  while ((await sample(fixture, name)) !== value) await new Promise(setImmediate);
};

test('a loop that stays late refuses most new subscriptions, and takes nothing from those that are open', async () => {
  let lag = 0;
  await using fixture = await realtimeFixture({ feel: feeling(() => lag) });
  const { book } = fixture;
  for (const account of ['a', 'b']) book.change('tnt_demo', account);
  const { client, until: hears, versions } = await fixture.connect(await fixture.token());
  await client.invoke('SubscribeBalance', 'a');
  lag = 1_000;
  await until(fixture, 'atlas_realtime_pressure_ratio', 1);
  const reads = book.reads;
  const outcomes = [];
  for (let i = 0; i < 20; i += 1) {
    outcomes.push(await client.invoke('SubscribeBalance', 'b').catch((error: Error) => error));
  }
  const refused = outcomes.filter((outcome) => outcome instanceof Error);
  assert.ok(refused.length >= 17, `${refused.length} of 20`);
  assert.match(String(refused[0]), /overloaded: This replica is at its limits/);
  assert.equal(await refusals(fixture, 'pressure'), refused.length);
  assert.equal(book.reads - reads, 20 - refused.length, 'a refused one is not read');
  const { shed, pressure, calls, subscriptions } = await bodyOf(await stats(fixture));
  assert.equal(shed.subscriptions.pressure, refused.length);
  assert.deepEqual([pressure.degree, pressure.loop.over], [1, true]);
  assert.equal(calls, 21);
  assert.equal(subscriptions, refused.length === 20 ? 1 : 2);
  assert.equal((await stats(fixture, 'balances')).status, 403);
  await fixture.transfer('a', 'b');
  await hears(() => versions('a').includes(2));
  lag = 0;
  await until(fixture, 'atlas_realtime_pressure_ratio', 0);
  await client.invoke('SubscribeBalance', 'b');
});

test('a subscription that no turn comes for in time is refused as overload, and one beyond the waiting room at once', async () => {
  const turns = { atOnceMax: 1, waitingMax: 1, waitMs: 500 };
  await using fixture = await realtimeFixture({ turns });
  const { book, control } = fixture;
  for (const account of ['a', 'b', 'c']) book.change('tnt_demo', account);
  const held = Promise.withResolvers<void>();
  book.hold = held.promise;
  const [ada, ben, cid] = await Promise.all(
    ['ada', 'ben', 'cid'].map(async (subject) => {
      const { client } = await fixture.connect(await fixture.token({ subject }));
      return (accountId: string) => client.invoke('SubscribeBalance', accountId);
    }),
  );
  const first = ada!('a');
  await until(fixture, 'atlas_realtime_snapshots_running', 1);
  const second = assert.rejects(ben!('b'), /overloaded: Too many subscriptions wait/);
  await until(fixture, 'atlas_realtime_snapshots_waiting', 1);
  await assert.rejects(cid!('c'), /overloaded: Too many subscriptions wait/);
  assert.equal(await refusals(fixture, 'snapshots_full'), 1);
  await second;
  assert.equal(await refusals(fixture, 'snapshots_late'), 1);
  assert.equal(await sample(fixture, 'atlas_realtime_snapshots_waiting'), 0);
  for (const [subject, reason] of [
    ['cid', 'snapshots_full'],
    ['ben', 'snapshots_late'],
  ]) {
    await control.until((records) =>
      records.some((record) => record.subject === subject && record.code === reason),
    );
  }
  const { firstBalances, shed, connections, node } = await bodyOf(await stats(fixture));
  assert.deepEqual(firstBalances, { running: 1, runningMax: 1, waiting: 0, waitingMax: 1 });
  assert.deepEqual([shed.subscriptions.snapshots_full, shed.subscriptions.snapshots_late], [1, 1]);
  assert.deepEqual([shed.messages.user_messages, connections], [0, 3]);
  assert.equal(node, fixture.context.control.node);
  held.resolve();
  assert.equal((await first).version, 1);
  for (const again of [ben!('b'), cid!('c')]) assert.equal((await again).version, 1);
});

test('what the hub itself has no room for is in the statistics too', async () => {
  await using fixture = await realtimeFixture();
  const headers = { authorization: `Bearer ${await fixture.token()}` };
  const negotiation = await fetch(`${fixture.hubUrl}/negotiate?negotiateVersion=1`, {
    method: 'POST',
    headers,
  });
  const { connectionToken } = await bodyOf(negotiation);
  const url = `${fixture.hubUrl}?id=${connectionToken}`;
  // Those behind it wait for its body.
  const unfinished = request(url, { method: 'POST', headers: { ...headers, 'content-length': 1 } });
  unfinished.on('error', () => {});
  unfinished.flushHeaders();
  await until(fixture, 'atlas_realtime_connections', 1);
  const posts = Array.from({ length: defaultLimits.postsMax }, () =>
    fetch(url, { method: 'POST', headers, body: ' ' }),
  );
  const refused = await Promise.race(posts);
  assert.deepEqual([refused.status, (await bodyOf(refused)).code], [429, 'rate_limited']);
  const { shed } = await bodyOf(await stats(fixture));
  assert.deepEqual(shed.messages, { user_messages: 0, posts_full: 1 });
  assert.deepEqual(shed.connections, {
    replica_connections: 0,
    user_connections: 0,
    connections_full: 0,
    admissions_full: 0,
    admission_late: 0,
  });
  unfinished.destroy();
  await Promise.all(posts);
});
