import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryControl, realtimeFixture } from './testing.ts';

test('the connections of a session that was signed out close on every replica, others stay', async () => {
  const control = new MemoryControl();
  await using one = await realtimeFixture({ control });
  await using two = await realtimeFixture({
    control,
    environment: { ATLAS_DATA: one.context.settings.ATLAS_DATA },
  });
  const token = await one.token();
  const [here, there] = [await one.connect(token), await two.connect(token)];
  const other = await two.connect(await one.token());
  const startedAt = performance.now();
  await one.signOut(token);
  for (const { closed } of [here, there]) {
    assert.match((await closed)!.message, /token_revoked: The session has been ended/);
  }
  assert.ok(performance.now() - startedAt < 3_000);
  assert.equal(other.client.state, 'Connected');
  await assert.rejects(two.connect(token), /401/);
  await two.connect(await one.token());
  assert.match(
    await two.metrics(),
    /^atlas_realtime_disconnects_total\{reason="token_revoked"\} 1$/m,
  );
  assert.match(await two.metrics(), /^atlas_realtime_refusals_total\{reason="token_revoked"\} 1$/m);
  await control.until(
    (records) => records.filter(({ code }) => code === 'token_revoked').length === 3,
  );
});

test('a connection is as revoked as the token that it was renewed with', async () => {
  await using fixture = await realtimeFixture();
  const [first, second] = [await fixture.token(), await fixture.token()];
  const ada = await fixture.connect(first);
  await ada.client.invoke('RenewToken', second);
  await fixture.signOut(first);
  await ada.client.invoke('UnsubscribeBalance', 'a');
  await fixture.signOut(second);
  assert.match((await ada.closed)!.message, /token_revoked/);
});

test('while the core is away the last list stays in force, and the metrics say how old it is', async () => {
  const control = new MemoryControl();
  await using fixture = await realtimeFixture({ control });
  const [signedOut, other] = [await fixture.token(), await fixture.token()];
  await fixture.signOut(signedOut);
  control.news = () => Promise.reject(new Error('The core is away'));
  const age = async () =>
    Number(/^atlas_realtime_revocations_age_seconds (\S+)$/m.exec(await fixture.metrics())![1]);
  while ((await age()) < 1.5);
  await assert.rejects(fixture.connect(signedOut), /401/);
  await fixture.connect(other);
});
