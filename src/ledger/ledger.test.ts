import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { books } from '../../test/books.ts';
import type { Database } from '../engines/database.ts';
import { assertProblem, testLedger, type Answer, type TestLedger } from './testing.ts';
import { testGuards } from '../platform/testing.ts';
import { connectBalances } from './remote.ts';

for (const [engine, open] of books) {
  describe(`the ledger on ${engine}`, () => {
    let ledger: TestLedger;
    before(async () => {
      ledger = await testLedger(open);
    });
    after(() => ledger[Symbol.asyncDispose]());

    test('an account is opened once, and is the same when it is opened again', async () => {
      const bank = ledger.tenant();
      const body = { currency: 'EUR', minimumMinor: '-5000' };
      const created = await bank.put('/ledger/accounts/acc_1', body);
      assert.equal(created.status, 201);
      assert.deepEqual(created.body, {
        accountId: 'acc_1',
        currency: 'EUR',
        minimumMinor: '-5000',
        createdAt: created.body.createdAt,
      });
      const again = await bank.put('/ledger/accounts/acc_1', { ...body, minimumMinor: -5000 });
      assert.equal(again.status, 200);
      assert.deepEqual(again.body, created.body);
      assertProblem(
        await bank.put('/ledger/accounts/acc_1', { currency: 'EUR' }),
        409,
        'account_conflict',
      );
      assert.deepEqual((await bank.get('/ledger/accounts/acc_1')).body, created.body);
    });

    test('without a minimum an account may not go below zero; null lifts the limit', async () => {
      const bank = ledger.tenant();
      const strict = await bank.put('/ledger/accounts/strict', { currency: 'EUR' });
      assert.equal(strict.body.minimumMinor, '0');
      const free = await bank.open('free');
      assert.equal(free.body.minimumMinor, null);
    });

    test('what is not an account request is refused, and nothing is opened', async () => {
      const bank = ledger.tenant();
      for (const body of [
        {},
        { currency: 'eur' },
        { currency: 'EUR', minimumMinor: '1' },
        { currency: 'EUR', minimumMinor: 5 },
        { currency: 'EUR', minimumMinor: '-9223372036854775808' },
        { currency: 'EUR', minimumMinor: -1.5 },
        { currency: 'EUR', name: 'x' },
      ]) {
        assertProblem(await bank.put('/ledger/accounts/a', body), 400, 'invalid_request');
      }
      assertProblem(
        await bank.put(`/ledger/accounts/${'a'.repeat(129)}`, { currency: 'EUR' }),
        400,
        'invalid_request',
      );
      assertProblem(
        await bank.put('/ledger/accounts/a%20b', { currency: 'EUR' }),
        400,
        'invalid_request',
      );
      assertProblem(await bank.get('/ledger/accounts/a'), 404, 'account_not_found');
    });

    test('a balance shows every acknowledged transfer, from the cache once it was read', async () => {
      const bank = ledger.tenant();
      await bank.open('mint');
      await bank.open('msisdn::2348100000001');
      const path = '/ledger/accounts/msisdn::2348100000001/balance';
      const empty = await bank.get(path);
      assert.equal(empty.status, 200);
      assert.equal(empty.body.version, 0);
      assert.equal(empty.body.availableMinor, '0');
      const amountMinor = 9_007_199_254_740_993n;
      for (let version = 1; version <= 3; version += 1) {
        await bank.pay('mint', 'msisdn::2348100000001', amountMinor);
        const { body, headers } = await bank.get(path);
        assert.deepEqual(body, {
          accountId: 'msisdn::2348100000001',
          currency: 'EUR',
          availableMinor: String(amountMinor * BigInt(version)),
          pendingMinor: '0',
          bookedMinor: String(amountMinor * BigInt(version)),
          version,
          updatedAt: body.updatedAt,
        });
        assert.equal(headers.get('etag'), `"r1-${version}"`);
        assert.equal(headers.get('cache-control'), 'private, no-cache');
        assert.match(headers.get('vary')!, /Authorization/);
      }
    });

    test('a client that has the newest balance hears 304 with the headers of the 200', async () => {
      const bank = ledger.tenant();
      await bank.open('a');
      const path = '/ledger/accounts/a/balance';
      for (const tag of ['"r1-0"', 'W/"r1-0"', '"x", W/"r1-0" ,"y"', '*']) {
        const answer = await bank.get(path, { headers: { 'if-none-match': tag } });
        assert.equal(answer.status, 304, tag);
        assert.equal(answer.body, undefined);
        assert.equal(answer.headers.get('content-length'), null);
        assert.equal(answer.headers.get('etag'), '"r1-0"');
        assert.equal(answer.headers.get('cache-control'), 'private, no-cache');
        assert.match(answer.headers.get('vary')!, /Authorization/);
      }
      for (const tag of ['"r1-1"', 'r1-0', '"r1-00"', '']) {
        const answer = await bank.get(path, { headers: { 'if-none-match': tag } });
        assert.equal(answer.status, 200, tag);
      }
    });

    test('a read waits for a version that is on its way, and says when it does not come', async () => {
      const bank = ledger.tenant();
      await bank.open('mint');
      await bank.open('a');
      const waiting = bank.get('/ledger/accounts/a/balance?minVersion=1');
      await bank.pay('mint', 'a', 5n);
      const arrived = await waiting;
      assert.equal(arrived.status, 200);
      assert.equal(arrived.body.version, 1);
      const startedAt = performance.now();
      assertProblem(
        await bank.get('/ledger/accounts/a/balance?minVersion=2'),
        409,
        'version_not_reached',
      );
      const tookMs = performance.now() - startedAt;
      assert.ok(tookMs > 900 && tookMs < 3_000, `${tookMs} ms`);
      for (const wrong of ['-1', '1.5', 'x', '9999999999999999', '1&minVersion=2']) {
        assertProblem(
          await bank.get(`/ledger/accounts/a/balance?minVersion=${wrong}`),
          400,
          'invalid_request',
        );
      }
    });

    test('a statement is the newest entries first, page by page, whatever arrives meanwhile', async () => {
      const bank = ledger.tenant();
      await bank.open('mint');
      await bank.open('a');
      const none = await bank.get('/ledger/accounts/a/entries');
      assert.deepEqual(none.body, { items: [], nextCursor: null });
      for (let i = 1; i <= 5; i += 1) await bank.pay('mint', 'a', BigInt(i));
      const first = await bank.get('/ledger/accounts/a/entries?limit=2');
      assert.deepEqual(
        first.body.items.map((item: { version: number }) => item.version),
        [5, 4],
      );
      const [newest] = first.body.items;
      assert.deepEqual(newest, {
        entryId: newest.entryId,
        version: 5,
        amountMinor: '5',
        balanceAfterMinor: '15',
        counterpartyAccountId: 'mint',
        narration: 'from mint',
        effectiveAt: null,
        postedAt: newest.postedAt,
      });
      await bank.pay('a', 'mint', 7n);
      const second = await bank.get(
        `/ledger/accounts/a/entries?limit=2&cursor=${first.body.nextCursor}`,
      );
      const third = await bank.get(
        `/ledger/accounts/a/entries?limit=2&cursor=${second.body.nextCursor}`,
      );
      assert.deepEqual(
        [...second.body.items, ...third.body.items].map((item) => item.version),
        [3, 2, 1],
      );
      assert.equal(third.body.nextCursor, null);
      const debit = await bank.get('/ledger/accounts/a/entries?limit=1');
      assert.equal(debit.body.items[0].amountMinor, '-7');
      assertProblem(await bank.get('/ledger/accounts/b/entries'), 404, 'account_not_found');
    });

    test('accounts are listed in order, by prefix, and only those that the token lists', async () => {
      const bank = ledger.tenant();
      for (const id of ['b:2', 'a', 'b:1', 'b:3', 'c']) await bank.open(id);
      await bank.put('/ledger/accounts/b:0', { currency: 'EUR' }, { tenant: 'tnt_other' });
      assert.deepEqual(idsOf(await bank.get('/ledger/accounts')), ['a', 'b:1', 'b:2', 'b:3', 'c']);
      const first = await bank.get('/ledger/accounts?prefix=b:&limit=2');
      assert.deepEqual(idsOf(first), ['b:1', 'b:2']);
      const second = await bank.get(
        `/ledger/accounts?prefix=b:&limit=2&cursor=${first.body.nextCursor}`,
      );
      assert.deepEqual(idsOf(second), ['b:3']);
      assert.equal(second.body.nextCursor, null);
      const claims = { accounts: ['b:3', 'a', 'unopened'] };
      assert.deepEqual(idsOf(await bank.get('/ledger/accounts', { claims })), ['a', 'b:3']);
    });
  });
}

const [, open] = books[1]!;

test('the statistics of the cache count every read once', async () => {
  await using ledger = await testLedger(open);
  const bank = ledger.tenant();
  await bank.open('a');
  await bank.open('mint');
  for (let i = 0; i < 4; i += 1) {
    await bank.get('/ledger/accounts/a/balance');
    await bank.pay('mint', 'a', 1n);
  }
  await bank.get('/ledger/accounts/nobody/balance');
  const { body: stats } = await bank.get('/ledger/cache/stats');
  const counted = {
    reads: 5,
    hits: 3,
    misses: 2,
    bypasses: 0,
    localHits: 0,
    hitRatio: 0.6,
    databaseCalls: 2,
    databaseCallsSaved: 3,
    failed: 0,
    fills: 1,
    notFound: 1,
  };
  const { node } = stats;
  const whole = { node, engine: 'memory', ...counted, all: counted, complete: true };
  assert.deepEqual(stats, { ...whole, replicas: [{ node, ageMs: 0, ...counted }] });
});

test('readers that miss together ask the book once', async () => {
  await using ledger = await testLedger(open);
  const bank = ledger.tenant();
  await bank.open('a');
  const path = '/ledger/accounts/a/balance';
  const answers = await Promise.all(Array.from({ length: 20 }, () => bank.get(path)));
  assert.ok(answers.every(({ status }) => status === 200));
  const { body } = await bank.get('/ledger/cache/stats');
  assert.equal(body.reads, 20);
  assert.equal(body.databaseCalls, 1);
  assert.equal(body.databaseCallsSaved, 19);
});

test('while the book is away balances in the cache are answered, and others hear 503 at once', async () => {
  let away = false;
  const failing = (database: Database): Database => ({
    ...database,
    query: (...args) =>
      away
        ? Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
        : database.query(...(args as [string])),
  });
  await using ledger = await testLedger(open, { database: failing });
  const bank = ledger.tenant();
  await bank.open('warm');
  await bank.open('cold');
  await bank.get('/ledger/accounts/warm/balance');
  away = true;
  assert.equal((await bank.get('/ledger/accounts/warm/balance')).status, 200);
  for (let i = 0; i < 10; i += 1) {
    const answer = await bank.get('/ledger/accounts/cold/balance');
    assertProblem(answer, 503, 'unavailable');
    assert.match(answer.headers.get('retry-after')!, /^[1-4]$/);
  }
});

test('a role in another process reads with the token of its caller', async () => {
  await using ledger = await testLedger(open);
  const bank = ledger.tenant();
  await bank.open('mint');
  await bank.open('acc:1+x');
  await bank.pay('mint', 'acc:1+x', 12n);
  await using remote = connectBalances(ledger.url, testGuards());
  const token = await bank.token();
  const balance = await remote.read(token, 'acc:1+x');
  assert.equal(balance.tenant, bank.name);
  assert.equal(balance.bookedMinor, 12n);
  assert.deepEqual(balance, await ledger.balances.read(token, 'acc:1+x'));
  const narrow = await bank.token({ accounts: ['mint'] });
  await assert.rejects(remote.read(narrow, 'acc:1+x'), { code: 'forbidden' });
  await assert.rejects(ledger.balances.read(narrow, 'acc:1+x'), { code: 'forbidden' });
  await assert.rejects(remote.read(token, 'nobody'), { code: 'account_not_found' });
  await assert.rejects(remote.read(token, 'a b'), { code: 'invalid_request' });
  await assert.rejects(ledger.balances.read(token, 'a b'), { code: 'invalid_request' });
  await using nowhere = connectBalances('http://127.0.0.1:1', testGuards());
  await assert.rejects(nowhere.read(token, 'a'), { code: 'unavailable' });
});

function idsOf({ body }: Answer): string[] {
  return body.items.map(({ accountId }: { accountId: string }) => accountId);
}
