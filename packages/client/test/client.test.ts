// The client against every role, as a program meets it: over HTTP and the hub.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AtlasError, type AtlasClient, type LiveBalance } from '@atlas/client';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { columns, startSystem, type System } from '../../../test/system.ts';
import { clientOf, until } from './atlas.ts';

describe('the client and every role', { timeout: 240_000 }, () => {
  let system: System;
  let atlas: AtlasClient;
  before(async () => {
    system = await startSystem(columns[0]!);
    atlas = await clientOf(system);
    await atlas.accounts.open('mint', { currency: 'EUR', minimumMinor: null });
    for (const account of ['ada', 'bola']) await atlas.accounts.open(account, { currency: 'EUR' });
  });
  after(async () => {
    atlas.close();
    await system[Symbol.asyncDispose]();
  });

  const pay = (to: string, minor: bigint, key?: string) =>
    atlas.transfers.post(
      { sourceAccountId: 'mint', destinationAccountId: to, minor, currency: 'EUR' },
      { key },
    );
  const code = (error: unknown) => (error instanceof AtlasError ? error.code : String(error));

  it('opens accounts, lists them, and says what conflicts', async () => {
    const ada = await atlas.accounts.get('ada');
    assert.deepEqual([ada.currency, ada.minimumMinor], ['EUR', 0n]);
    assert.equal((await atlas.accounts.get('mint')).minimumMinor, null);
    const ids: string[] = [];
    for await (const { accountId } of atlas.accounts.list({ limit: 1 })) ids.push(accountId);
    assert.deepEqual(ids, ['ada', 'bola', 'mint']);
    const other = atlas.accounts.open('ada', { currency: 'NGN' });
    assert.equal(await other.catch(code), 'account_conflict');
    assert.equal(await atlas.accounts.get('nobody').catch(code), 'account_not_found');
    assert.throws(() => atlas.accounts.entries('..'), /no account id/);
  });

  it('moves money once for a key, and finds the transfer by it', async () => {
    const first = await pay('ada', 9_007_199_254_740_993n, 'order-1');
    const again = await pay('ada', 9_007_199_254_740_993n, 'order-1');
    assert.deepEqual([first.replayed, again.replayed], [false, true]);
    assert.equal(again.entryId, first.entryId);
    const found = await atlas.transfers.find('order-1');
    assert.deepEqual([found.status, found.minor], ['posted', 9_007_199_254_740_993n]);
    assert.equal((await atlas.transfers.get(first.entryId)).key, 'order-1');
    const { version } = first.destination;
    const balance = await atlas.accounts.balance('ada', { minVersion: version });
    assert.equal(balance.availableMinor, 9_007_199_254_740_993n);
    assert.deepEqual(await atlas.accounts.balance('ada'), balance);
    const beyond = atlas.accounts.balance('ada', { minVersion: version + 1 });
    assert.equal(await beyond.catch(code), 'version_not_reached');
  });

  it('explains a refusal by a code, and a reused key', async () => {
    const poor = atlas.transfers.post({
      sourceAccountId: 'bola',
      destinationAccountId: 'ada',
      minor: 1n,
      currency: 'EUR',
    });
    const error = (await poor.catch((reason: unknown) => reason)) as AtlasError;
    assert.deepEqual([error.code, error.outcome], ['insufficient_funds', 'refused']);
    await pay('ada', 1n, 'order-2');
    assert.equal(await pay('ada', 2n, 'order-2').catch(code), 'idempotency_key_reused');
  });

  it('posts a batch in its order, each transfer on its own', async () => {
    const from = (source: string, minor: bigint) => ({
      sourceAccountId: source,
      destinationAccountId: source === 'mint' ? 'bola' : 'mint',
      minor,
      currency: 'EUR',
    });
    const batch = [from('bola', 5n), from('mint', 5n), from('bola', 5n)];
    const results = await atlas.transfers.postBatch(batch);
    assert.deepEqual(
      results.map((result) => (result.status === 'posted' ? 'posted' : result.error.code)),
      ['insufficient_funds', 'posted', 'posted'],
    );
    assert.equal(new Set(results.map(({ key }) => key)).size, 3);
  });

  it('walks the entries of an account, newest first', async () => {
    for (const minor of [1n, 2n, 3n]) await pay('ada', minor);
    const entries = atlas.accounts.entries('ada', { limit: 2 });
    const amounts: bigint[] = [];
    for await (const { amountMinor } of entries) amounts.push(amountMinor);
    assert.deepEqual(amounts.slice(0, 3), [3n, 2n, 1n]);
    assert.equal((await entries.page()).items[0]?.amountMinor, 3n);
  });

  it('reads the statistics, and who did what', async () => {
    assert.ok((await atlas.operations.loadShedding()).admitted > 0);
    assert.ok((await atlas.operations.cache()).reads > 0);
    assert.equal((await atlas.operations.hub()).endpoint, '/ws');
    const records = await atlas.operations.audit({ subject: 'nobody' }).page();
    assert.deepEqual(records, { items: [], nextCursor: null });
  });

  for (const [name, hubProtocol] of [
    ['JSON', undefined],
    ['MessagePack', new MessagePackHubProtocol()],
  ] as const) {
    it(`shows a balance as it changes, over ${name}`, async () => {
      using live = await clientOf(system, { hubProtocol });
      const seen: LiveBalance[] = [];
      const stop = live.live.balance('ada').subscribe((value) => seen.push(value));
      const first = await until(live.live.balance('ada'), ({ freshness }) => freshness === 'live');
      const { source: _, destination } = await pay('ada', 7n);
      const risen = ({ balance }: LiveBalance) => balance?.version === destination.version;
      const { balance } = await until(live.live.balance('ada'), risen);
      assert.equal(balance!.availableMinor - first.balance!.availableMinor, 7n);
      const versions = seen.map((value) => value.balance?.version ?? -1);
      assert.deepEqual(
        versions,
        versions.toSorted((a, b) => a - b),
      );
      stop();
    });
  }

  it('says which account the token may not see, and shows the others', async () => {
    const token = await system.token({ accounts: ['ada', 'bola'] });
    using own = await clientOf(system, { token });
    const [ada, mint] = [own.live.balance('ada'), own.live.balance('mint')];
    const stop = mint.subscribe(() => undefined);
    await until(ada, ({ freshness }) => freshness === 'live');
    const { refusal } = await until(mint, ({ freshness }) => freshness === 'refused');
    assert.equal(refusal, 'forbidden');
    assert.equal(mint.value.balance, undefined);
    stop();
  });

  it('outlives its token on one connection when there is a newer one', async () => {
    const asked: string[] = [];
    using live = await clientOf(system, {
      token: async () => {
        asked.push(await system.token({ ttlSeconds: asked.length === 0 ? 3 : 60 }));
        return asked.at(-1)!;
      },
    });
    const phases: string[] = [];
    const stop = live.live.connection.subscribe(({ phase }) => phases.push(phase));
    const ada = live.live.balance('ada');
    await until(ada, ({ freshness }) => freshness === 'live');
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    const { destination } = await pay('ada', 1n);
    await until(ada, ({ balance }) => balance?.version === destination.version);
    assert.deepEqual(phases, ['connecting', 'connected']);
    assert.equal(asked.length, 2);
    stop();
  });

  it('connects anew where a token could not be renewed in place', async () => {
    let subject = 'ada';
    using live = await clientOf(system, { token: () => system.token({ subject, ttlSeconds: 3 }) });
    const phases: string[] = [];
    const stop = live.live.connection.subscribe(({ phase }) => phases.push(phase));
    const leave = live.live.balance('ada').subscribe(() => undefined);
    await until(live.live.connection, ({ phase }) => phase === 'connected');
    // The hub takes a new token of the same user only.
    subject = 'somebody-else';
    await until(live.live.connection, ({ phase }) => phase === 'reconnecting');
    await until(live.live.balance('ada'), ({ freshness }) => freshness === 'live');
    assert.deepEqual(phases.slice(0, 4), ['connecting', 'connected', 'reconnecting', 'connected']);
    leave();
    stop();
  });

  it('ends with a reason when the session was signed out elsewhere', async () => {
    const token = await system.token();
    using live = await clientOf(system, { token });
    await until(live.live.balance('ada'), ({ freshness }) => freshness === 'live');
    const ended = until(live.live.connection, ({ phase }) => phase === 'ended');
    await (await clientOf(system, { token })).signOut();
    assert.equal((await ended).reason?.code, 'token_revoked');
    assert.equal(await live.accounts.get('ada').catch(code), 'unauthenticated');
  });

  it('ends with a reason when the token is over and there is no other', async () => {
    using live = await clientOf(system, { token: await system.token({ ttlSeconds: 1 }) });
    const stop = live.live.balance('ada').subscribe(() => undefined);
    const { reason } = await until(live.live.connection, ({ phase }) => phase === 'ended');
    assert.equal(reason?.code, 'unauthenticated');
    assert.equal(live.live.balance('ada').value.freshness, 'stale');
    stop();
  });

  it('shows the last balance with its age while Atlas is away', async () => {
    const kept = new Map<string, string>();
    const cache = {
      load: (key: string) => kept.get(key),
      save: (key: string, text: string) => void kept.set(key, text),
    };
    const token = await system.token();
    const online = await clientOf(system, { token, cache });
    await until(online.live.balance('ada'), ({ freshness }) => freshness === 'live');
    const { balance } = online.live.balance('ada').value;
    online.close();
    await new Promise(setImmediate);
    const [key] = kept.keys();
    assert.equal(key, 'atlas.balance.1/tnt_test/tester/ada');
    using offline = await clientOf(system, { token, cache, url: 'http://127.0.0.1:9' });
    const shown = await until(offline.live.balance('ada'), (value) => value.balance !== undefined);
    assert.deepEqual(shown.balance, balance);
    assert.notEqual(shown.freshness, 'live');
    assert.ok(Math.abs(Date.now() - shown.asOfMs!) < 20_000);
    using other = await clientOf(system, {
      token: await system.token({ tenant: 'tnt_other' }),
      cache,
      url: 'http://127.0.0.1:9',
    });
    await until(other.live.balance('ada'), ({ freshness }) => freshness === 'stale');
    assert.equal(other.live.balance('ada').value.balance, undefined, 'of another tenant');
  });
});
