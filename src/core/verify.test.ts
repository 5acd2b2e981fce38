import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { v7 as uuidv7 } from 'uuid';
import { books, postgresBook } from '../../test/books.ts';
import type { Database } from '../engines/database.ts';
import { openAccount } from './accounts.ts';
import { postBatch } from './post-batch.ts';
import { bookChecks } from './verify-checks.ts';
import { verifyBook } from './verify.ts';

/** Two tenants, three posted transfers (t1, t2, u1) and a refused one (t3); bob has 30 of 100. */
async function fill(database: Database): Promise<void> {
  const writerId = randomUUID();
  await database.query('insert into cache_writers (id) values ($1)', [writerId]);
  for (const tenant of ['t', 'u']) {
    for (const accountId of ['mint', 'alice', 'bob']) {
      const minimumMinor = accountId === 'mint' ? null : 0n;
      const account = { tenant, accountId, currency: 'EUR', minimumMinor };
      await openAccount({ database, writerId, now: () => new Date() }, account);
    }
  }
  const transfers: [key: string, source: string, destination: string, amountMinor: bigint][] = [
    ['t1', 'mint', 'alice', 100n],
    ['t2', 'alice', 'bob', 30n],
    ['t3', 'alice', 'bob', 71n],
    ['u1', 'mint', 'bob', 9_007_199_254_740_993n],
  ];
  await postBatch(
    { database, writerId, now: () => new Date() },
    transfers.map(([key, source, destination, amountMinor]) => ({
      request: {
        tenant: key[0]!,
        key,
        subject: 's',
        source,
        destination,
        amountMinor,
        currency: 'EUR',
      },
      entryId: uuidv7(),
      fingerprint: '00',
    })),
  );
}

for (const [engine, openBook] of books) {
  describe(`verify on ${engine}`, () => {
    it('finds nothing in a sound book, and says what it has looked at', async () => {
      await using book = await openBook();
      await fill(book.database);
      const { counts, checks } = await verifyBook(book.database);
      assert.deepEqual(counts, { accounts: 6, transfers: 4, refused: 1, entries: 6, outbox: 3 });
      assert.equal(checks.length, bookChecks.length);
      assert.deepEqual(
        checks.filter(({ breaks }) => breaks > 0),
        [],
      );
    });

    it('finds nothing in an empty book', async () => {
      await using book = await openBook();
      const { checks } = await verifyBook(book.database);
      assert(checks.every(({ breaks }) => breaks === 0));
    });
  });
}

const account = (id: string) =>
  `(select id from accounts where tenant = 't' and account_id = '${id}')`;
const transfer = (key: string) => `(select entry_id from transfers where key = '${key}')`;

/** What is done to a sound book, and what must be found: how many breaks of which promise. */
const damages: readonly {
  readonly name: string;
  readonly sql: string;
  readonly found: Readonly<Record<string, number>>;
  readonly says: RegExp;
}[] = [
  {
    name: 'money from nowhere',
    sql: `update accounts set booked_minor = booked_minor + 1 where tenant = 't' and account_id = 'bob'`,
    found: { 'sum to zero in each currency': 1, 'those of its last entry': 1 },
    says: /tenant t: EUR balances sum to 1\b.*\(tenant t\): version 1 with 31, .* version 1 with 30/s,
  },
  {
    name: 'a missing entry',
    sql: `delete from entries where account = ${account('bob')}`,
    found: { 'one entry on each side': 1, 'two entries that sum to zero': 1, 'last entry': 1 },
    says: /key t2\): no matching entry on bob/,
  },
  {
    name: 'an entry of another amount',
    sql: `update entries set amount_minor = 29, balance_after_minor = 29 where account = ${account('bob')};
          update accounts set booked_minor = 29 where id = ${account('bob')}`,
    found: { 'sum to zero in each': 1, 'one entry on each side': 1, 'two entries that sum': 1 },
    says: /2 entries with the sum -1/,
  },
  {
    name: 'a transfer with a third and a fourth entry',
    sql: `insert into entries values (${account('alice')}, 3, ${transfer('t1')}, -1, 69),
                                     (${account('bob')}, 2, ${transfer('t1')}, 1, 31);
          update accounts set booked_minor = 69, version = 3 where id = ${account('alice')};
          update accounts set booked_minor = 31, version = 2 where id = ${account('bob')}`,
    found: { 'two entries that sum to zero': 1 },
    says: /key t1, posted\): 4 entries with the sum 0/,
  },
  {
    name: 'entries of a refused transfer',
    sql: `insert into entries values (${account('alice')}, 3, ${transfer('t3')}, -70, 0),
                                     (${account('bob')}, 2, ${transfer('t3')}, 70, 100);
          update accounts set booked_minor = 0, version = 3 where id = ${account('alice')};
          update accounts set booked_minor = 100, version = 2 where id = ${account('bob')}`,
    found: { 'a refused one has none': 1 },
    says: /key t3, insufficient_funds\): 2 entries/,
  },
  {
    name: 'entries without a transfer',
    sql: `delete from outbox where entry_id = ${transfer('t2')};
          delete from transfers where key = 't2'`,
    found: { 'belongs to a transfer': 2 },
    says: /of account (alice|bob), version \d: no transfer/,
  },
  {
    name: 'an entry without an account',
    sql: `delete from accounts where id = ${account('bob')}`,
    found: { 'sum to zero': 1, 'one entry on each side': 1, 'belongs to a transfer and': 1 },
    says: /version 1: no account/,
  },
  {
    name: 'a transfer that names another account of the same currency',
    sql: `update transfers set destination = 'mint' where key = 't2'`,
    found: { 'one entry on each side': 1 },
    says: /key t2\): no matching entry on mint/,
  },
  {
    name: "a transfer in another currency than its accounts'",
    sql: `update transfers set currency = 'NGN' where key = 't2'`,
    found: { 'one entry on each side': 1 },
    says: /no matching entry on alice and bob/,
  },
  {
    name: 'a gap between versions',
    sql: `update entries set version = 3 where account = ${account('alice')} and version = 2;
          update transfers set source_version = 3 where key = 't2';
          update accounts set version = 3 where id = ${account('alice')}`,
    found: { 'without a gap': 1 },
    says: /account alice \(tenant t\): 2 entries with versions 1 to 3/,
  },
  {
    name: 'one version twice',
    sql: `alter table entries drop constraint entries_pkey;
          update entries set version = 1 where account = ${account('alice')} and version = 2`,
    found: { 'without a gap': 1, 'one entry on each side': 1, 'those of its last entry': 1 },
    says: /account alice \(tenant t\): 2 entries with versions 1 to 1/,
  },
  {
    name: 'a running balance that jumps and jumps back',
    sql: `update entries set balance_after_minor = 101 where account = ${account('alice')} and version = 1`,
    found: { 'balance before it plus its amount': 2 },
    says: /account alice \(tenant t\), version 1: 101 after 0 and 100/,
  },
  {
    name: 'a version that the entries do not have',
    sql: `update accounts set version = 9 where id = ${account('alice')}`,
    found: { 'those of its last entry': 1 },
    says: /version 9 with 70, its last entry is version 2 with 70/,
  },
  {
    name: 'an account below its minimum, once',
    sql: `alter table accounts drop constraint accounts_check;
          update accounts set minimum_minor = 0 where id = ${account('mint')}`,
    found: { 'below its minimum': 2 },
    says: /account mint \(tenant t\), version 1: -100 is below 0/,
  },
  {
    name: 'an announcement of a transfer that is not there',
    sql: `insert into outbox (entry_id) values ('${randomUUID()}')`,
    found: { 'announces posted transfers': 1 },
    says: /does not exist/,
  },
  {
    name: 'an announcement of a refused transfer, and one too many',
    sql: `insert into outbox (entry_id) values (${transfer('t3')}), (${transfer('t1')})`,
    found: { 'announces posted transfers': 2 },
    says: /was refused/,
  },
];

describe('verify finds', () => {
  for (const { name, sql, found, says } of damages) {
    it(name, async () => {
      await using book = await postgresBook();
      const { database } = book;
      await fill(database);
      for (const statement of sql.split(';')) await database.query(statement);
      const broken = (await verifyBook(database)).checks.filter(({ breaks }) => breaks > 0);
      const expected = Object.fromEntries(
        Object.entries(found).map(([part, breaks]) => [
          bookChecks.find(({ promise }) => promise.includes(part))?.promise ?? part,
          breaks,
        ]),
      );
      assert.deepEqual(
        Object.fromEntries(broken.map(({ promise, breaks }) => [promise, breaks])),
        expected,
      );
      assert.match(broken.flatMap(({ listed }) => listed).join('\n'), says);
    });
  }

  it('all breaks, of which it lists twenty', async () => {
    await using book = await postgresBook();
    await book.database.query(
      `insert into outbox (entry_id) select gen_random_uuid() from generate_series(1, 5000)`,
    );
    const { checks } = await verifyBook(book.database);
    const [broken] = checks.filter(({ breaks }) => breaks > 0);
    assert.equal(broken!.breaks, 5_000);
    assert.equal(broken!.listed.length, 20);
  });
});
