import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import { books, type Book } from '../../test/books.ts';
import type { TransferReader, TransfersQuery } from '../contracts/transfer-list.ts';
import type { TransferRequest } from '../contracts/transfers.ts';
import { fingerprintOf } from '../core/fingerprint.ts';
import { postBatch } from '../core/post-batch.ts';
import { createLog } from '../platform/logs.ts';
import { Guards } from '../platform/guards/guards.ts';
import { createReadGuards } from './read-guards.ts';
import { createTransferBook } from './transfer-book.ts';
import { boundTransaction, examinedMax, selectTransfers } from './transfer-statements.ts';

const tenant = 'tnt_list';
const day = Date.parse('2026-11-01T00:00:00.000Z');
const minute = 60_000;

for (const [engine, open] of books) {
  suite(`transfers on ${engine}`, () => {
    let book: Book;
    let transfers: TransferReader;
    const writerId = randomUUID();

    before(async () => {
      book = await open();
      const { database } = book;
      const guards = createReadGuards({
        connectionsMax: database.connectionsMax,
        guards: new Guards(createLog('test', 'silent')),
        nowMs: () => performance.now(),
      });
      transfers = createTransferBook(database, guards);
      await database.query('insert into cache_writers (id) values ($1)', [writerId]);
      await database.query(
        `insert into accounts (tenant, account_id, currency, minimum_minor, created_at, updated_at)
         select $1, a.id, a.currency, case when a.id = 'poor' then 0 end, now(), now()
           from (values ('bank', 'EUR'), ('alice', 'EUR'), ('bob', 'EUR'), ('poor', 'EUR'),
                        ('usd', 'USD'), ('usd2', 'USD')) as a (id, currency)`,
        [tenant],
      );
    });
    after(() => book[Symbol.asyncDispose]());

    /** Posts as the core does, all in one batch that is decided at this time. */
    const post = async (atMs: number, ...requests: Partial<TransferRequest>[]) => {
      const submissions = requests.map((some) => {
        const request = {
          tenant,
          key: randomUUID(),
          subject: 'test',
          source: 'bank',
          destination: 'alice',
          amountMinor: 100n,
          currency: 'EUR',
          ...some,
        };
        return { request, entryId: uuidv7(), fingerprint: fingerprintOf(request) };
      });
      const writing = { database: book.database, writerId, now: () => new Date(atMs) };
      await postBatch(writing, submissions);
      return submissions.map(({ request }) => request.key);
    };
    const find = (query: Partial<TransfersQuery> = {}) =>
      transfers.list({ tenant, ownRefusalsOnly: false, limit: 50, ...query });
    const keysOf = async (query: Partial<TransfersQuery>) =>
      (await find(query)).items.map(({ request }) => request.key);
    const walk = async (query: Partial<TransfersQuery>) => {
      const keys: string[] = [];
      let before: TransfersQuery['before'];
      do {
        const { items, next } = await find({ ...query, before });
        keys.push(...items.map(({ request }) => request.key));
        before = next;
      } while (before !== undefined);
      return keys;
    };

    test('a list is newest first and its pages neither repeat nor lose one of a batch', async () => {
      const from = day;
      const keys: string[] = [];
      for (let batch = 0; batch < 3; batch += 1) {
        const some = Array.from({ length: 7 }, () => ({}));
        keys.unshift(...(await post(from + batch, ...some)).toReversed());
      }
      const window = { fromMs: from, toMs: from + minute };
      for (const limit of [1, 4, 7, 21, 50]) {
        assert.deepEqual(await walk({ ...window, limit }), keys, `${limit} a page`);
        assert.deepEqual(await walk({ ...window, limit, accountIds: ['alice'] }), keys);
        assert.deepEqual(await walk({ ...window, limit, accountIds: ['bank', 'alice'] }), keys);
      }
      assert.deepEqual(await keysOf({ ...window, accountIds: ['bob'] }), []);
      assert.deepEqual(await keysOf({ ...window, accountIds: ['nobody'] }), []);
      assert.deepEqual(await keysOf({ ...window, tenant: 'tnt_other' }), []);
    });

    test('each filter selects what it says, on its own and with an account', async () => {
      const from = day + 10 * minute;
      const [rent] = await post(from, { narration: 'November RENT, flat 7' });
      const [coffee] = await post(from + 1, { amountMinor: 350n, narration: 'coffee' });
      const [dollars] = await post(from + 2, {
        source: 'usd',
        destination: 'usd2',
        currency: 'USD',
        amountMinor: 9_007_199_254_740_993n,
      });
      const [refused] = await post(from + 3, { source: 'poor', destination: 'bob' });
      const window = { fromMs: from, toMs: from + minute };
      const cases: [Partial<TransfersQuery>, (string | undefined)[]][] = [
        [{}, [refused, dollars, coffee, rent]],
        [{ narration: 'rent' }, [rent]],
        [{ narration: '%' }, []],
        [{ minMinor: 350n }, [dollars, coffee]],
        [{ minMinor: 101n, maxMinor: 350n }, [coffee]],
        [{ minMinor: 9_007_199_254_740_993n, maxMinor: 9_007_199_254_740_993n }, [dollars]],
        [{ currency: 'USD' }, [dollars]],
        [{ state: 'posted' }, [dollars, coffee, rent]],
        [{ state: 'refused' }, [refused]],
        [{ fromMs: from + 1, toMs: from + 3 }, [dollars, coffee]],
        [{ accountIds: ['alice'] }, [coffee, rent]],
        [{ accountIds: ['alice'], narration: 'COFFEE' }, [coffee]],
        [{ accountIds: ['alice'], fromMs: from + 1 }, [coffee]],
        [{ accountIds: ['alice'], toMs: from + 1 }, [rent]],
        [{ accountIds: ['poor'] }, [refused]],
        [{ accountIds: ['bob'] }, [refused]],
        [{ accountIds: ['bob'], ownRefusalsOnly: true }, []],
        [{ accountIds: ['poor'], ownRefusalsOnly: true }, [refused]],
        [{ accountIds: ['poor'], state: 'posted' }, []],
        [{ accountIds: ['bob', 'usd', 'alice'], state: 'posted' }, [dollars, coffee, rent]],
      ];
      for (const [query, keys] of cases) {
        assert.deepEqual(await keysOf({ ...window, ...query }), keys, String(Object.keys(query)));
      }
      const [item] = (await find({ ...window, state: 'refused' })).items;
      assert.equal(item!.outcome.status === 'refused' && item!.outcome.code, 'insufficient_funds');
      assert.equal(item!.position.decidedAtMs, from + 3);
    });

    test('a search looks at so many transfers for a page, and says how far back it has come', async () => {
      const from = day + 60 * minute;
      const window = { fromMs: from, toMs: from + minute };
      const [needle] = await post(from, { narration: 'needle' });
      const hay = Array.from({ length: 1_000 }, () => ({ narration: 'hay' }));
      for (let batch = 1; batch * 1_000 <= examinedMax; batch += 1) {
        await post(from + 1_000 * batch, ...hay);
      }
      for (const query of [{}, { accountIds: ['alice'] }]) {
        const search = { ...window, ...query, narration: 'needle' };
        const first = await find(search);
        assert.deepEqual(first.items, []);
        assert.ok(first.next!.decidedAtMs >= from + 1_000, 'it has not come to the needle');
        assert.deepEqual(await walk(search), [needle]);
        assert.equal((await find({ ...search, narration: 'hay', limit: 200 })).items.length, 200);
      }
    });

    test("a quiet tenant's list reads nothing of a loud one's transfers", async () => {
      const quiet = 'tnt_quiet';
      const insert = `
        insert into transfers (entry_id, tenant, key, fingerprint, subject, source, destination, amount_minor,
                               currency, source_version, destination_version, decided_at)
        select gen_random_uuid(), $1, gen_random_uuid(), 'f', 's', 'a', 'b', 1, 'EUR', n, n,
               now() + n * interval '1 ms' + $3 * interval '1 s'
          from generate_series(1, $2::int) as n`;
      await book.database.query(insert, [quiet, '3', '0']);
      await book.database.query(insert, ['tnt_loud', '20000', '10']);
      const { text, values } = selectTransfers({
        tenant: quiet,
        ownRefusalsOnly: false,
        limit: 50,
      });
      const rows = await book.database.transaction(async (connection) => {
        await connection.query(boundTransaction);
        return connection.query<{ 'QUERY PLAN': string }>(
          `explain (analyze, buffers, costs off, timing off, summary off) ${text}`,
          values,
        );
      });
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      assert.match(plan, /rows=3\b/);
      const blocks = [...plan.matchAll(/shared (?:hit=(\d+))? ?(?:read=(\d+))?/g)].map(
        ([, hit = 0, read = 0]) => Number(hit) + Number(read),
      );
      assert.ok(Math.max(...blocks) < 20, plan);
    });

    test('every stream is read along an index, also of a table that nobody has analyzed', async () => {
      const queries: Partial<TransfersQuery>[] = [
        {},
        { narration: 'x', minMinor: 5n },
        { state: 'refused' },
        { fromMs: day, toMs: day + minute },
        { before: { decidedAtMs: day + 60 * minute, entryId: uuidv7() } },
        { accountIds: ['alice'] },
        { accountIds: ['alice', 'bob'], narration: 'x', fromMs: day },
      ];
      const planned = async (analyzed: boolean) => {
        for (const query of queries) {
          const { text, values } = selectTransfers({
            tenant,
            ownRefusalsOnly: false,
            limit: 50,
            ...query,
          });
          const rows = await book.database.transaction(async (connection) => {
            await connection.query(boundTransaction);
            return connection.query<{ 'QUERY PLAN': string }>(
              `explain (costs off) ${text}`,
              values,
            );
          });
          const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
          const message = `${analyzed ? 'analyzed' : 'not analyzed'}\n${plan}`;
          assert.doesNotMatch(plan, /Seq Scan on (transfers|entries)|Bitmap|Hash|Merge/, message);
          // The one that puts the streams together.
          assert.equal(plan.match(/-> +Sort/g)?.length, 1, message);
        }
      };
      await planned(false);
      await book.database.query('analyze');
      await planned(true);
    });
  });
}
