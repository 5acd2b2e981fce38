import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import type { TokenRenewed } from '../contracts/hub.ts';
import { realtimeFixture } from './testing.ts';

for (const protocol of ['json', 'messagepack'] as const) {
  test(`${protocol}: a connection outlives the token that opened it, and misses nothing`, async () => {
    await using fixture = await realtimeFixture();
    for (const account of ['a', 'b']) fixture.book.change('tnt_demo', account);
    const opened = Date.now();
    const ada = await fixture.connect(await fixture.token({ ttlSeconds: 3 }), protocol);
    const id = ada.client.connectionId;
    await ada.client.invoke('SubscribeBalance', 'a');
    const token = await fixture.token({ ttlSeconds: 6 });
    const { expiresAt } = await ada.client.invoke<TokenRenewed>('RenewToken', token);
    assert.ok(Math.abs(Date.parse(expiresAt) - opened - 6_000) < 2_000, expiresAt);
    // The time of the first token, and the sweep that would end the connection with it.
    await delay(4_500);
    await fixture.transfer('a', 'b');
    await ada.until(() => ada.versions('a').at(-1) === 2);
    assert.equal((await ada.client.invoke('SubscribeBalance', 'b')).version, 2);
    assert.equal(ada.client.connectionId, id);
    assert.match((await ada.closed)!.message, /token_expired/);
    assert.ok(Date.now() - opened >= 5_000);
  });
}

test('a token of somebody else, a bad and a revoked one are refused, and change nothing', async () => {
  await using fixture = await realtimeFixture();
  fixture.book.change('tnt_demo', 'a');
  const ada = await fixture.connect(await fixture.token());
  const renew = (token: unknown) => ada.client.invoke('RenewToken', token);
  await assert.rejects(renew(await fixture.token({ subject: 'bob' })), /^Error: forbidden: /);
  await assert.rejects(renew(await fixture.token({ tenant: 'tnt_other' })), /^Error: forbidden: /);
  await assert.rejects(renew('garbage'), /^Error: unauthenticated: /);
  await assert.rejects(renew(await fixture.token({ ttlSeconds: -1 })), /^Error: unauthenticated: /);
  for (const wrong of ['', 7, null, 'x'.repeat(8_193)]) {
    await assert.rejects(renew(wrong), /^Error: invalid_request: /);
  }
  const revoked = await fixture.token();
  await fixture.signOut(revoked);
  await assert.rejects(renew(revoked), /^Error: unauthenticated: The token was revoked/);
  assert.equal((await ada.client.invoke('SubscribeBalance', 'a')).version, 1);
  await fixture.control.until((records) =>
    records.some(({ action }) => action === 'hub.subscribe'),
  );
  assert.doesNotMatch(JSON.stringify(fixture.control.records), /eyJ|garbage/);
});

test('what the new token does not list ends, is told, and sends nothing more', async () => {
  await using fixture = await realtimeFixture();
  for (const account of ['a', 'b', 'c']) fixture.book.change('tnt_demo', account);
  const ada = await fixture.connect(await fixture.token());
  await ada.client.invoke('SubscribeMultipleBalances', ['a', 'b', 'c']);
  await ada.client.invoke('RenewToken', await fixture.token({ accounts: ['b'] }));
  assert.deepEqual(ada.ended, [
    { accountId: 'a', code: 'forbidden' },
    { accountId: 'c', code: 'forbidden' },
  ]);
  await fixture.transfer('a', 'b');
  await ada.until(() => ada.versions('b').at(-1) === 2);
  assert.deepEqual(ada.versions('a'), [1]);
  await assert.rejects(ada.client.invoke('SubscribeBalance', 'a'), /^Error: forbidden: /);
  await ada.client.invoke('RenewToken', await fixture.token({ scope: 'transfers' }));
  assert.deepEqual(ada.ended.at(-1), { accountId: 'b', code: 'forbidden' });
});
