import assert from 'node:assert/strict';
import { test } from 'node:test';
import { realtimeFixture } from './testing.ts';

test('a connection’s life is recorded: who, what, from where, and why it ended', async () => {
  await using fixture = await realtimeFixture();
  const { control } = fixture;
  for (const account of ['a', 'b']) fixture.book.change('tnt_demo', account);
  const token = await fixture.token({ accounts: ['a', 'b'] });
  const { session } = await fixture.context.verifier.verify(token);
  const ada = await fixture.connect(token);
  const { connectionId } = ada.client;
  await ada.client.invoke('SubscribeMultipleBalances', ['b', 'a']);
  await assert.rejects(ada.client.invoke('SubscribeBalance', 'c'));
  await assert.rejects(ada.client.invoke('SubscribeBalance', { not: 'an account' }));
  await ada.client.invoke('UnsubscribeBalance', 'b');
  await ada.client.invoke('RenewToken', await fixture.token());
  await ada.client.stop();
  await control.until((records) => records.some(({ action }) => action === 'hub.close'));
  assert.deepEqual(
    control.records.map(({ action, code, accountIds, details }) => [
      action,
      code,
      accountIds,
      details,
    ]),
    [
      ['hub.connect', undefined, undefined, undefined],
      ['hub.subscribe', undefined, ['b', 'a'], undefined],
      ['hub.refuse', 'forbidden', ['c'], { method: 'SubscribeBalance' }],
      ['hub.refuse', 'invalid_request', [], { method: 'SubscribeBalance' }],
      ['hub.unsubscribe', undefined, ['b'], undefined],
      ['hub.renew', undefined, undefined, undefined],
      ['hub.close', 'client_closed', undefined, undefined],
    ],
  );
  for (const record of control.records) {
    const { tenant, subject, node, address } = record;
    assert.deepEqual([tenant, subject, record.connectionId], ['tnt_demo', 'ada', connectionId]);
    assert.equal(node, fixture.context.control.node);
    assert.match(address!, /127\.0\.0\.1$/);
    assert.match(record.userAgent!, /SignalR/);
    if (record.action === 'hub.subscribe') assert.equal(record.session, session);
  }
});

test('of a flood of refusals the first is recorded, and then how many there were', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_MESSAGES_PER_SEC: '10' },
  });
  const ada = await fixture.connect(await fixture.token());
  const calls = Array.from({ length: 1_000 }, () => ada.client.invoke('UnsubscribeBalance', 'a'));
  const outcomes = await Promise.allSettled(calls);
  const refused = outcomes.filter(({ status }) => status === 'rejected').length;
  const recorded = () =>
    fixture.control.records
      .filter(({ action }) => action === 'hub.refuse')
      .map(({ code, details }) => {
        assert.equal(code, 'user_messages');
        return Number(details!['times'] ?? 1);
      });
  await fixture.control.until(() => recorded().reduce((sum, times) => sum + times, 0) === refused);
  assert.ok(recorded().length < 10);
});

test('a refused connection is recorded when its token was good', async () => {
  await using fixture = await realtimeFixture({
    environment: { ATLAS_HUB_CONNECTIONS_PER_USER: '1' },
  });
  await fixture.connect(await fixture.token());
  await assert.rejects(fixture.connect(await fixture.token()), /429/);
  await assert.rejects(fixture.connect('garbage'), /401/);
  await fixture.control.until((records) => records.some(({ action }) => action === 'hub.refuse'));
  const refused = fixture.control.records.filter(({ action }) => action === 'hub.refuse');
  assert.deepEqual(
    refused.map(({ subject, code }) => [subject, code]),
    [['ada', 'user_connections']],
  );
  assert.match(await fixture.metrics(), /refusals_total\{reason="unauthenticated"\} 1/);
});

test('the record never slows the hub: with the core away it serves as ever, and counts what it lost', async () => {
  await using fixture = await realtimeFixture({ environment: { ATLAS_AUDIT_QUEUE: '2' } });
  fixture.control.append = () => new Promise(() => {});
  fixture.book.change('tnt_demo', 'a');
  const ada = await fixture.connect(await fixture.token());
  for (let i = 0; i < 10; i += 1) await ada.client.invoke('SubscribeBalance', 'a');
  assert.match(await fixture.metrics(), /^atlas_realtime_audit_dropped_total 9$/m);
  assert.match(await fixture.metrics(), /^atlas_realtime_audit_waiting 2$/m);
});
