import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realtimeFixture, type RealtimeFixture } from './testing.ts';

const refusals = async (fixture: RealtimeFixture, reason: string) =>
  Number(
    new RegExp(`^atlas_realtime_refusals_total\\{reason="${reason}"\\} (\\d+)$`, 'm').exec(
      await fixture.metrics(),
    )?.[1] ?? 0,
  );

const negotiate = async (fixture: RealtimeFixture, token: string) =>
  (
    await fetch(`${fixture.hubUrl}/negotiate?negotiateVersion=1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
  ).status;

test('a full replica refuses whoever comes next, and lets them in when there is room', async () => {
  await using fixture = await realtimeFixture({ environment: { ATLAS_HUB_CONNECTIONS: '1' } });
  const ada = await fixture.connect(await fixture.token());
  const bob = await fixture.token({ subject: 'bob' });
  assert.equal(await negotiate(fixture, bob), 503);
  await assert.rejects(fixture.connect(bob), /503/);
  assert.equal(await refusals(fixture, 'replica_connections'), 2);
  await ada.client.stop();
  while ((await negotiate(fixture, bob)) === 503);
  await fixture.connect(bob);
});

test('the limits of a user are settings, and a user is a subject of a tenant', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_CONNECTIONS_PER_USER: '1', ATLAS_HUB_MESSAGES_PER_SEC: '1' },
  });
  const ada = await fixture.connect(await fixture.token());
  assert.equal(await negotiate(fixture, await fixture.token()), 429);
  assert.equal(await refusals(fixture, 'user_connections'), 1);
  const namesake = await fixture.connect(await fixture.token({ tenant: 'tnt_other' }));
  const call = () => ada.client.invoke('UnsubscribeBalance', 'a');
  const outcomes = await Promise.allSettled([call(), call(), call()]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'rejected'],
  );
  await namesake.client.invoke('UnsubscribeBalance', 'a');
  assert.equal(await refusals(fixture, 'user_messages'), 2);
});

test('subscriptions are limited for a connection and for all of a user’s', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_SUBSCRIPTIONS: '2', ATLAS_HUB_SUBSCRIPTIONS_PER_USER: '3' },
  });
  for (const account of ['a', 'b', 'c']) fixture.book.change('tnt_demo', account);
  const [one, two] = [
    await fixture.connect(await fixture.token()),
    await fixture.connect(await fixture.token()),
  ];
  const many = (client: typeof one, ids: string[]) =>
    client.client.invoke('SubscribeMultipleBalances', ids);
  await assert.rejects(many(one, ['a', 'b', 'c']), /^Error: rate_limited: A connection may/);
  await many(one, ['a', 'b']);
  await assert.rejects(many(two, ['a', 'b']), /^Error: rate_limited: The connections of a user/);
  await many(two, ['c']);
  await many(two, ['c']);
  await one.client.stop();
  await fixture.control.until((records) => records.some(({ action }) => action === 'hub.close'));
  await many(two, ['a']);
  assert.equal(await refusals(fixture, 'connection_subscriptions'), 1);
  assert.equal(await refusals(fixture, 'user_subscriptions'), 1);
});

test('a message beyond its size ends the connection', async () => {
  await using fixture = await realtimeFixture({ environment: { ATLAS_HUB_MESSAGE_BYTES: '1024' } });
  const ada = await fixture.connect(await fixture.token());
  await assert.rejects(ada.client.invoke('SubscribeBalance', 'x'.repeat(2_000)));
  assert.match((await ada.closed)!.message, /1024/);
  await fixture.control.until((records) =>
    records.some(({ code }) => code === 'message_too_large'),
  );
});
