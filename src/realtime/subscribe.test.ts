import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProblemError } from '../contracts/problems.ts';
import { realtimeFixture, type ProtocolName } from './testing.ts';

const names: ProtocolName[] = ['json', 'messagepack'];

for (const protocol of names) {
  test(`${protocol}: subscribing confirms, pushes the balance, returns it, and updates follow`, async () => {
    await using fixture = await realtimeFixture();
    const balance = fixture.book.change('tnt_demo', 'msisdn::2348100000001');
    fixture.book.change('tnt_demo', 'shop');
    const ada = await fixture.connect(await fixture.token(), protocol);
    const answer = await ada.client.invoke('SubscribeBalance', 'msisdn::2348100000001');
    const body = {
      accountId: 'msisdn::2348100000001',
      currency: 'NGN',
      availableMinor: '9007199254740993',
      pendingMinor: '0',
      bookedMinor: '9007199254740993',
      version: 1,
      updatedAt: balance.updatedAt,
      entryId: null,
    };
    assert.deepEqual(answer, body);
    await ada.until(() => ada.heard.length === 2);
    const [confirmed, first] = ada.heard;
    assert.equal(confirmed!.event, 'subscriptionConfirmed');
    const { timestamp, ...rest } = confirmed!.body as { timestamp: string };
    assert.deepEqual(rest, { accountId: 'msisdn::2348100000001', version: 1 });
    assert.ok(Math.abs(Date.parse(timestamp) - Date.now()) < 10_000);
    assert.deepEqual(first, { event: 'balanceUpdate', body });

    const { balances } = await fixture.transfer('msisdn::2348100000001', 'shop');
    await ada.until(() => ada.heard.length === 3);
    const { tenant: _, ...update } = balances[0];
    assert.deepEqual(ada.heard[2], { event: 'balanceUpdate', body: update });
  });

  test(`${protocol}: a list is confirmed in its order; one refused account subscribes none`, async () => {
    await using fixture = await realtimeFixture();
    for (const account of ['a', 'b', 'c']) fixture.book.change('tnt_demo', account);
    const ada = await fixture.connect(await fixture.token(), protocol);
    await assert.rejects(
      ada.client.invoke('SubscribeMultipleBalances', ['a', 'missing', 'b']),
      /account_not_found: /,
    );
    await fixture.transfer('a', 'b');
    const balances = await ada.client.invoke('SubscribeMultipleBalances', ['c', 'a', 'c']);
    assert.deepEqual(
      balances.map(({ accountId, version }: { accountId: string; version: number }) => [
        accountId,
        version,
      ]),
      [
        ['c', 1],
        ['a', 2],
      ],
    );
    await ada.until(() => ada.heard.length === 4);
    assert.deepEqual(
      ada.heard.map(({ event, body }) => `${event} ${body.accountId} ${body.version}`),
      [
        'subscriptionConfirmed c 1',
        'balanceUpdate c 1',
        'subscriptionConfirmed a 2',
        'balanceUpdate a 2',
      ],
    );
  });
}

test('a change that arrives while the snapshot is read comes after it, and an older one never', async () => {
  await using fixture = await realtimeFixture();
  fixture.book.change('tnt_demo', 'a');
  fixture.book.change('tnt_demo', 'b');
  const ada = await fixture.connect(await fixture.token());
  const hold = Promise.withResolvers<void>();
  fixture.book.hold = hold.promise;
  const answer = ada.client.invoke('SubscribeBalance', 'a');
  while (fixture.book.reads === 0) await new Promise((resolve) => setImmediate(resolve));
  await fixture.transfer('a', 'b');
  await fixture.transfer('a', 'b');
  hold.resolve();
  // The snapshot is version 1; what the stream has brought meanwhile is newer.
  assert.equal((await answer).version, 3);
  await fixture.transfer('a', 'b');
  await ada.until(() => ada.versions('a').at(-1) === 4);
  assert.deepEqual(ada.versions('a'), [3, 4]);
});

test('an event that passed just before the subscription is not lost to a cache that lags behind', async () => {
  await using fixture = await realtimeFixture();
  const old = fixture.book.change('tnt_demo', 'a');
  fixture.book.change('tnt_demo', 'b');
  await fixture.transfer('a', 'b');
  fixture.book.read = async () => old;
  const ada = await fixture.connect(await fixture.token());
  assert.equal((await ada.client.invoke('SubscribeBalance', 'a')).version, 2);
});

test('subscribing again returns the balance, confirms, and pushes no version twice', async () => {
  await using fixture = await realtimeFixture();
  fixture.book.change('tnt_demo', 'a');
  fixture.book.change('tnt_demo', 'b');
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeBalance', 'a');
  await fixture.transfer('a', 'b');
  await ada.until(() => ada.versions('a').length === 2);
  assert.equal((await ada.client.invoke('SubscribeBalance', 'a')).version, 2);
  await fixture.transfer('a', 'b');
  await ada.until(() => ada.versions('a').length === 3);
  assert.deepEqual(ada.versions('a'), [1, 2, 3]);
  assert.equal(ada.heard.filter(({ event }) => event === 'subscriptionConfirmed').length, 2);
});

test('after unsubscribing nothing comes, and a new subscription begins with the balance', async () => {
  await using fixture = await realtimeFixture();
  for (const account of ['a', 'b', 'c']) fixture.book.change('tnt_demo', account);
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeMultipleBalances', ['a', 'c']);
  await ada.client.invoke('UnsubscribeBalance', 'a');
  await fixture.transfer('a', 'b');
  await fixture.transfer('c', 'b');
  await ada.until(() => ada.versions('c').at(-1) === 2);
  assert.deepEqual(ada.versions('a'), [1]);
  await ada.client.invoke('SubscribeBalance', 'a');
  assert.deepEqual(ada.versions('a'), [1, 2]);
});

test('refusals begin with their code and reveal nothing', async () => {
  await using fixture = await realtimeFixture();
  fixture.book.change('tnt_demo', 'mine');
  fixture.book.change('tnt_demo', 'theirs');
  fixture.book.change('tnt_other', 'theirs');
  const refused = async (token: string, argument: unknown) => {
    const { client } = await fixture.connect(token);
    const error = await client.invoke('SubscribeBalance', argument).then(
      () => assert.fail('it was not refused'),
      (reason: Error) => reason.message,
    );
    assert.match(error, /^[a-z_]+: [A-Z]/);
    return error.split(':')[0];
  };
  const mine = await fixture.token({ accounts: ['mine'] });
  assert.equal(await refused(mine, 'theirs'), 'forbidden');
  assert.equal(await refused(mine, 'missing'), 'forbidden');
  assert.equal(await refused(await fixture.token({ scope: 'transfers' }), 'mine'), 'forbidden');
  const other = await fixture.token({ tenant: 'tnt_other' });
  assert.equal(await refused(other, 'mine'), 'account_not_found');
  for (const bad of [undefined, null, 7, '', 'a b', 'a'.repeat(129), ['mine'], { id: 'mine' }]) {
    assert.equal(await refused(mine, bad), 'invalid_request');
  }
  fixture.book.failure = new ProblemError('unavailable', 'The ledger is away.');
  assert.equal(await refused(mine, 'mine'), 'unavailable');
  fixture.book.failure = new Error('secret detail of the database');
  const { client } = await fixture.connect(mine);
  await assert.rejects(client.invoke('SubscribeBalance', 'mine'), (error: Error) => {
    assert.match(error.message, /^internal: /);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test('the same account id of two tenants are two accounts', async () => {
  await using fixture = await realtimeFixture();
  for (const tenant of ['tnt_demo', 'tnt_other']) {
    fixture.book.change(tenant, 'a');
    fixture.book.change(tenant, 'b');
  }
  const ada = await fixture.connect(await fixture.token());
  const eve = await fixture.connect(await fixture.token({ tenant: 'tnt_other' }));
  await ada.client.invoke('SubscribeBalance', 'a');
  await eve.client.invoke('SubscribeBalance', 'a');
  await fixture.transfer('a', 'b', 'tnt_demo');
  await fixture.transfer('a', 'b', 'tnt_demo');
  await fixture.transfer('a', 'b', 'tnt_other');
  await ada.until(() => ada.versions('a').at(-1) === 3);
  await eve.until(() => eve.versions('a').at(-1) === 2);
  assert.deepEqual(eve.versions('a'), [1, 2]);
});

test('a connection has 128 subscriptions and a call as many accounts, no more', async () => {
  await using fixture = await realtimeFixture();
  const accounts = Array.from({ length: 129 }, (_, index) => `acc_${index}`);
  for (const account of accounts) fixture.book.change('tnt_demo', account);
  const { client } = await fixture.connect(await fixture.token());
  const subscribe = (ids: string[]) => client.invoke('SubscribeMultipleBalances', ids);
  await assert.rejects(subscribe(accounts), /^Error: invalid_request: /);
  await assert.rejects(subscribe([]), /^Error: invalid_request: /);
  assert.equal((await subscribe(accounts.slice(0, 128))).length, 128);
  await assert.rejects(client.invoke('SubscribeBalance', 'acc_128'), /^Error: rate_limited: /);
  assert.equal((await subscribe(accounts.slice(0, 128))).length, 128);
  await client.invoke('UnsubscribeBalance', 'acc_0');
  assert.equal((await client.invoke('SubscribeBalance', 'acc_128')).version, 1);
});
