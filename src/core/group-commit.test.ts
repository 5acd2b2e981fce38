import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Balance } from '../contracts/balances.ts';
import { expired, type TransferOutcome, type TransferRequest } from '../contracts/transfers.ts';
import { books, postgresBook } from '../../test/books.ts';
import type { Database } from '../engines/database.ts';
import { openAccount } from './accounts.ts';
import { createGroupCommit, type GroupCommit } from './group-commit.ts';
import { postBatch, type PostedBatch } from './post-batch.ts';
import type { Submission } from './rules.ts';
import { findTransfer } from './stored-transfers.ts';

interface Writer {
  readonly groupCommit: GroupCommit;
  readonly published: Balance[];
  readonly batches: number[];
  struckOff: boolean;
}

type PostBatch = (submissions: readonly Submission[]) => Promise<PostedBatch>;

/** One core's writing half on a book, without a cache behind it. */
async function writerOn(
  database: Database,
  wrap: (post: PostBatch) => PostBatch = (post) => post,
  nowMs: () => number = () => performance.now(),
): Promise<Writer> {
  const writerId = randomUUID();
  await database.query('insert into cache_writers (id) values ($1)', [writerId]);
  const published: Balance[] = [];
  const batches: number[] = [];
  const writer: Writer = {
    published,
    batches,
    struckOff: false,
    groupCommit: createGroupCommit({
      connectionsMax: Math.min(3, database.connectionsMax),
      batchMax: 64,
      queueMax: 2_000,
      postBatch: wrap((submissions) =>
        postBatch({ database, writerId, now: () => new Date() }, submissions),
      ),
      publish: async (balances) => void published.push(...balances),
      committed: (transfers) => void batches.push(transfers),
      struckOff: () => (writer.struckOff = true),
      nowMs,
    }),
  };
  return writer;
}

async function open(database: Database, ...ids: string[]): Promise<void> {
  const writerId = randomUUID();
  await database.query('insert into cache_writers (id) values ($1)', [writerId]);
  for (const accountId of ids) {
    const minimumMinor = accountId.startsWith('mint') ? null : 0n;
    await openAccount(
      { database, writerId, now: () => new Date() },
      { tenant: 't', accountId, currency: 'EUR', minimumMinor },
    );
  }
}

function transfer(key: string, more: Partial<TransferRequest> = {}): TransferRequest {
  return {
    tenant: 't',
    key,
    subject: 's',
    source: 'mint',
    destination: 'a',
    amountMinor: 10n,
    currency: 'EUR',
    ...more,
  };
}

async function balances(database: Database): Promise<Record<string, string>> {
  const rows = await database.query<{ account_id: string; booked_minor: bigint; version: bigint }>(
    'select account_id, booked_minor, version from accounts order by account_id',
  );
  return Object.fromEntries(
    rows.map((row) => [row.account_id, `${row.booked_minor}@${row.version}`]),
  );
}

/** Conservation, gapless versions and running balances, told by the entries alone. */
async function assertAuditable(database: Database): Promise<void> {
  const breaks = await database.query(
    `select account, version, balance_after_minor from (
       select account, version, balance_after_minor,
              sum(amount_minor) over w as running, row_number() over w as place
         from entries window w as (partition by account order by version)) e
      where version <> place or balance_after_minor <> running
     union all
     select a.id, a.version, a.booked_minor from accounts a
      where a.version <> (select count(*) from entries e where e.account = a.id)
         or a.booked_minor <> (select coalesce(sum(amount_minor), 0) from entries e where e.account = a.id)
     union all
     select 0, 0, sum(amount_minor)::bigint from entries having sum(amount_minor) <> 0`,
  );
  assert.deepEqual(breaks, []);
}

function posted(outcomes: readonly TransferOutcome[]) {
  return outcomes.map((outcome) => {
    if (outcome.status !== 'posted') assert.fail(JSON.stringify(outcome));
    return outcome;
  });
}

for (const [engine, openBook] of books) {
  describe(`posting in groups on ${engine}`, () => {
    it('commits what came together in few transactions, and publishes before it answers', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const { groupCommit, published, batches } = await writerOn(book.database);
      const answers = await Promise.all(
        Array.from({ length: 200 }, async (_, i) => {
          const [outcome] = posted(await groupCommit.post([transfer(`k${i}`)]));
          const seen = published.filter(({ accountId }) => accountId === 'a').map((b) => b.version);
          assert.ok(Math.max(...seen) >= outcome!.destinationVersion, 'published before answered');
          return outcome!.destinationVersion;
        }),
      );
      assert.deepEqual(
        answers.sort((a, b) => a - b),
        Array.from({ length: 200 }, (_, i) => i + 1),
      );
      assert.ok(batches.length <= 10, `${batches.length} transactions for 200 transfers`);
      assert.deepEqual(await balances(book.database), { a: '2000@200', mint: '-2000@200' });
      await assertAuditable(book.database);
    });

    it('does not begin what expired in the queue, and answers the rest of its group', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const held = Promise.withResolvers<void>();
      const begun: string[] = [];
      const clock = { ms: 0 };
      const { groupCommit } = await writerOn(
        book.database,
        (post) => async (submissions) => {
          begun.push(...submissions.map(({ request }) => request.key));
          await held.promise;
          return post(submissions);
        },
        () => clock.ms,
      );
      const until = (deadlineMs: number) => ({ deadlineMs });
      const connections = Math.min(3, book.database.connectionsMax);
      const early = Array.from({ length: connections }, async (_, i) => {
        // Each in a transaction of its own.
        for (let turn = 0; turn < 3 * i; turn += 1) await new Promise(setImmediate);
        return groupCommit.post([transfer(`early-${i}`, until(1_000))]);
      });
      while (groupCommit.running < connections) await new Promise(setImmediate);
      const mixed = groupCommit.post([
        transfer('m1', until(1_000)),
        transfer('m2'),
        transfer('m3', until(999)),
        transfer('m4', until(1_001)),
      ]);
      const late = groupCommit.post([transfer('late', until(1_000))]);
      clock.ms = 1_000;
      held.resolve();
      const codes = (outcomes: readonly TransferOutcome[]) =>
        outcomes.map((outcome) => (outcome.status === 'posted' ? 'posted' : outcome.code));
      assert.deepEqual(codes(await mixed), ['overloaded', 'posted', 'overloaded', 'posted']);
      assert.deepEqual(codes(await late), ['overloaded']);
      // Begun in time, and so carried through.
      assert.deepEqual(
        (await Promise.all(early)).map(codes),
        early.map(() => ['posted']),
      );
      assert.deepEqual(begun.slice(connections), ['m2', 'm4']);
      assert.equal(await findTransfer(book.database, 't', { key: 'late' }), undefined);
      posted(await groupCommit.post([transfer('late')]));
      await assertAuditable(book.database);
    });

    it('says how long what waits will wait for a connection, and nothing while one is free', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const held = Promise.withResolvers<void>();
      const clock = { ms: 0 };
      const { groupCommit } = await writerOn(
        book.database,
        (post) => async (submissions) => {
          if (clock.ms > 0) await held.promise;
          clock.ms += 10;
          return post(submissions);
        },
        () => clock.ms,
      );
      posted(await groupCommit.post([transfer('first')]));
      const connections = Math.min(3, book.database.connectionsMax);
      const running = Array.from({ length: connections }, async (_, i) => {
        // Each in a transaction of its own.
        for (let turn = 0; turn < 3 * i; turn += 1) await new Promise(setImmediate);
        assert.equal(groupCommit.waitMs, 0);
        return groupCommit.post([transfer(`running-${i}`)]);
      });
      while (groupCommit.running < connections) await new Promise(setImmediate);
      const waiting = groupCommit.post(Array.from({ length: 30 }, (_, i) => transfer(`w${i}`)));
      assert.equal(groupCommit.waitMs, (30 * 10) / connections);
      held.resolve();
      posted((await Promise.all([...running, waiting])).flat());
      assert.equal(groupCommit.waitMs, 0);
    });

    it('moves money once for a key: alone, in flight, in one group, and by another writer', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const first = await writerOn(book.database);
      const second = await writerOn(book.database);
      const answers = await Promise.all([
        first.groupCommit.post([transfer('k'), transfer('k'), transfer('k')]),
        first.groupCommit.post([transfer('k')]),
        second.groupCommit.post([transfer('k')]),
        ...Array.from({ length: 20 }, () => second.groupCommit.post([transfer('k')])),
      ]);
      answers.push(await first.groupCommit.post([transfer('k')]));
      const all = posted(answers.flat());
      assert.equal(new Set(all.map(({ entryId }) => entryId)).size, 1);
      assert.equal(all.filter(({ replayed }) => !replayed).length, 1);
      assert.deepEqual(await balances(book.database), { a: '10@1', mint: '-10@1' });
      const reused = await first.groupCommit.post([transfer('k', { amountMinor: 11n })]);
      assert.deepEqual(reused, [
        { status: 'refused', replayed: false, code: 'idempotency_key_reused' },
      ]);
    });

    it('repeats a refusal for its key, even when the transfer would now be possible', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a', 'b');
      const { groupCommit } = await writerOn(book.database);
      const poor = transfer('poor', { source: 'a', destination: 'b' });
      const [refused] = await groupCommit.post([poor]);
      assert.deepEqual(refused, {
        status: 'refused',
        replayed: false,
        code: 'insufficient_funds',
        detail: 'The account a has too little available.',
      });
      await groupCommit.post([transfer('fund')]);
      assert.deepEqual(await groupCommit.post([poor]), [{ ...refused, replayed: true }]);
      const found = await findTransfer(book.database, 't', { key: 'poor' });
      assert.equal(found?.outcome.status, 'refused');
    });

    it('keeps everything that was asked of a transfer, to the last digit and character', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const { groupCommit } = await writerOn(book.database);
      const asked = transfer('k "quoted\\', {
        amountMinor: 9_007_199_254_740_993n,
        narration: 'Łódź, {null}, "NULL" \\ 🍰',
        effectiveAt: '2026-02-03T04:05:06.789Z',
        metadata: { order: '7,8', 'q"': '\\' },
        context: { merchantId: 'm1' },
      });
      const [outcome] = posted(await groupCommit.post([asked]));
      const found = await findTransfer(book.database, 't', { entryId: outcome!.entryId });
      assert.deepEqual(found?.request, asked);
      assert.deepEqual(found.outcome, { ...outcome, replayed: true });
      assert.equal((await balances(book.database))['a'], '9007199254740993@1');
    });

    it('lets one group that the database cannot store fail alone', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const { groupCommit } = await writerOn(book.database);
      const results = await Promise.allSettled([
        groupCommit.post([transfer('good 1')]),
        groupCommit.post([transfer('bad', { narration: 'no \0 in text' })]),
        groupCommit.post([transfer('good 2')]),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.deepEqual(await balances(book.database), { a: '20@2', mint: '-20@2' });
    });

    it('tries the groups of a failed batch again within its connections, before what came later', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const order: string[][] = [];
      let running = 0;
      let most = 0;
      const { groupCommit } = await writerOn(book.database, (post) => async (submissions) => {
        order.push(submissions.map(({ request }) => request.key));
        running += 1;
        most = Math.max(most, running);
        try {
          return await post(submissions);
        } finally {
          running -= 1;
        }
      });
      const send = (key: string, more?: Partial<TransferRequest>) =>
        groupCommit.post([transfer(key, more)]).catch(() => undefined);
      // Text that the database cannot store; all of them are one batch.
      const sent = Array.from({ length: 50 }, (_, i) =>
        send(`k${i}`, i === 7 ? { narration: '\0' } : {}),
      );
      while (order.length === 0) await new Promise(setImmediate);
      assert.equal(order[0]!.length, 50);
      await sent[7];
      sent.push(send('later'));
      const outcomes = await Promise.all(sent);
      const connections = Math.min(3, book.database.connectionsMax);
      assert.ok(most <= connections, `${most} at once on ${connections} connections`);
      assert.equal(outcomes.filter((outcome) => outcome === undefined).length, 1);
      assert.deepEqual(order.flat().at(-1), 'later');
      assert.equal(groupCommit.queued, 0);
      await assertAuditable(book.database);
    });

    it('asks again after a commit whose answer was lost, and posts nothing twice', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      let answersLost = 2;
      const { groupCommit } = await writerOn(book.database, (post) => async (submissions) => {
        const result = await post(submissions);
        if (answersLost-- > 0) throw new Error('Connection terminated unexpectedly');
        return result;
      });
      const [outcome] = posted(await groupCommit.post([transfer('k')]));
      assert.equal(outcome!.replayed, false);
      assert.deepEqual(await balances(book.database), { a: '10@1', mint: '-10@1' });
    });

    it('refuses with overloaded when the queue is full, and has stored nothing', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const { groupCommit } = await writerOn(book.database);
      const full = Array.from({ length: 2_000 }, (_, i) => transfer(`k${i}`));
      const filling = groupCommit.post(full);
      await assert.rejects(groupCommit.post([transfer('one more')]), { code: 'overloaded' });
      posted(await filling);
      assert.equal(await findTransfer(book.database, 't', { key: 'one more' }), undefined);
    });

    it('commits nothing more once it was struck off', async () => {
      await using book = await openBook();
      await open(book.database, 'mint', 'a');
      const writer = await writerOn(book.database);
      await book.database.query('delete from cache_writers');
      await assert.rejects(writer.groupCommit.post([transfer('k')]), { code: 'unavailable' });
      assert.equal(writer.struckOff, true);
      assert.deepEqual(await balances(book.database), { a: '0@0', mint: '0@0' });
    });
  });
}

describe('several writers on one PostgreSQL', () => {
  it('answer unavailable, and not a fault of their own, when the conflicts do not end', async () => {
    await using book = await postgresBook();
    const deadlock = Object.assign(new Error('deadlock detected'), { code: '40P01' });
    const { groupCommit } = await writerOn(book.database, () => () => Promise.reject(deadlock));
    await assert.rejects(groupCommit.post([transfer('k')]), { code: 'unavailable' });
  });

  it('stay correct on few accounts in opposite directions, without a deadlock', async () => {
    await using book = await postgresBook();
    const ids = ['a', 'b', 'c', 'd'];
    await open(book.database, 'mint', ...ids);
    const before = await deadlocks(book.database);
    const writers = [await writerOn(book.database), await writerOn(book.database)];
    await writers[0]!.groupCommit.post(
      ids.map((id) => transfer(`fund ${id}`, { destination: id, amountMinor: 200n })),
    );
    const answers = await Promise.all(
      Array.from({ length: 600 }, (_, i) =>
        writers[i % 2]!.groupCommit.post([
          transfer(`k${i}`, {
            source: ids[i % 4]!,
            destination: ids[(i + 1 + (i % 3)) % 4]!,
            amountMinor: BigInt(1 + (i % 90)),
          }),
        ]),
      ),
    );
    const results = new Set(answers.flat().map(({ status }) => status));
    assert.deepEqual([...results].sort(), ['posted', 'refused']);
    await assertAuditable(book.database);
    assert.equal(await deadlocks(book.database), before);
  });
});

async function deadlocks(database: Database): Promise<bigint> {
  const [row] = await database.query<{ deadlocks: bigint }>(
    'select deadlocks from pg_stat_database where datname = current_database()',
  );
  return row!.deadlocks;
}

it('in a slow book no batch is more than an even share of all that is open', async () => {
  const clock = { ms: 0 };
  const sizes: number[] = [];
  const answers: (() => void)[] = [];
  const groupCommit = createGroupCommit({
    connectionsMax: 2,
    batchMax: 64,
    queueMax: 100,
    postBatch(submissions) {
      sizes.push(submissions.length);
      return new Promise((resolve) =>
        answers.push(() => resolve({ outcomes: submissions.map(() => expired), balances: [] })),
      );
    },
    publish: async () => {},
    committed: () => {},
    struckOff: () => {},
    nowMs: () => clock.ms,
  });
  const alone = groupCommit.post([transfer('alone')]);
  await nextTurn();
  clock.ms = 80;
  answers[0]!();
  await alone;
  const together = Array.from({ length: 20 }, (_, i) => groupCommit.post([transfer(`t${i}`)]));
  // One turn of the loop for each batch that begins.
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  assert.deepEqual(sizes, [1, 10, 10]);
  for (const answer of answers) answer();
  await Promise.all(together);
});
