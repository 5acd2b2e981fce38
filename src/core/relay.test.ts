import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { books, postgresBook } from '../../test/books.ts';
import type { Balance } from '../contracts/balances.ts';
import type { Database } from '../engines/database.ts';
import type { EventPublisher, TransferEvents } from '../engines/event-log.ts';
import { openAccount } from './accounts.ts';
import { postBatch } from './post-batch.ts';
import { startRelay, type Relay } from './relay.ts';
import { fingerprintOf } from './fingerprint.ts';

const log = pino({ level: 'silent' });

/** An event log by hand: takes what it is given, or fails, and lets a test await what it has got. */
class Log implements EventPublisher {
  readonly keepsOutbox: boolean;
  readonly events: TransferEvents[] = [];
  failing = false;
  attempts = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(keepsOutbox: boolean) {
    this.keepsOutbox = keepsOutbox;
  }

  async publish(events: readonly TransferEvents[]): Promise<void> {
    this.attempts += 1;
    for (const wakeUp of this.#waiting.splice(0)) wakeUp();
    if (this.failing) throw new Error('the log is away');
    this.events.push(...events);
  }

  async until(met: () => boolean): Promise<void> {
    while (!met()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

class Core {
  readonly #database: Database;
  readonly #writerId = randomUUID();
  #transfers = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  async open(): Promise<void> {
    await this.#database.query('insert into cache_writers (id) values ($1)', [this.#writerId]);
    for (const accountId of ['mint', 'a', 'b']) {
      await openAccount(
        { database: this.#database, writerId: this.#writerId, now: () => new Date() },
        { tenant: 't', accountId, currency: 'EUR', minimumMinor: null },
      );
    }
  }

  async post(count: number): Promise<void> {
    const submissions = Array.from({ length: count }, (_, i) => {
      const request = {
        tenant: 't',
        key: `${this.#writerId} ${(this.#transfers += 1)}`,
        subject: 's',
        source: 'mint',
        destination: i % 2 === 0 ? 'a' : 'b',
        amountMinor: 5n,
        currency: 'EUR',
      };
      return { request, entryId: randomUUID(), fingerprint: fingerprintOf(request) };
    });
    const options = { database: this.#database, writerId: this.#writerId, now: () => new Date() };
    await postBatch(options, submissions);
  }
}

function relayOn(database: Database, events: EventPublisher, published: Balance[] = []): Relay {
  return startRelay({
    database,
    events,
    writers: { strikeOffDead: async () => {} },
    publish: async (balances) => void published.push(...balances),
    batchMax: 10,
    pollMs: 5,
    log,
  });
}

/** Versions of an account as the log has them. */
function versions(events: readonly TransferEvents[], accountId: string): number[] {
  return events
    .flatMap(({ balances }) => balances)
    .filter((balance) => balance.accountId === accountId)
    .map(({ version }) => version);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}

async function unpublished(database: Database): Promise<bigint> {
  const [row] = await database.query<{ rows: bigint }>(
    'select count(*) as rows from outbox where published_at is null',
  );
  return row!.rows;
}

for (const [engine, openBook] of books) {
  describe(`the relay on ${engine}`, () => {
    it('publishes every transfer in version order per account, with its balances, and forgets it', async () => {
      await using book = await openBook();
      const core = new Core(book.database);
      await core.open();
      await core.post(15);
      const events = new Log(false);
      const published: Balance[] = [];
      await using relay = relayOn(book.database, events, published);
      await events.until(() => events.events.length >= 15);
      await core.post(15);
      relay.wake();
      await events.until(() => events.events.length >= 30);
      assert.deepEqual(versions(events.events, 'mint'), upTo(30));
      const last = events.events.at(-1)!;
      assert.deepEqual(
        last.balances.map(({ accountId, bookedMinor, version }) => [
          accountId,
          bookedMinor,
          version,
        ]),
        [
          ['mint', '-150', 30],
          ['a', '80', 16],
        ],
      );
      assert.equal(last.ledger.minor, '5');
      assert.equal(last.ledger.entryId, last.balances[0].entryId);
      const cached = published.findLast(({ accountId }) => accountId === 'a');
      assert.equal(cached?.version, 16, 'the cache hears it again');
      await relay[Symbol.asyncDispose]();
      assert.equal(await unpublished(book.database), 0n);
      assert.deepEqual(await book.database.query('select from outbox'), []);
    });

    it('loses nothing while the log is away, and keeps the order when it returns', async () => {
      await using book = await openBook();
      const core = new Core(book.database);
      await core.open();
      const events = new Log(false);
      events.failing = true;
      await using relay = relayOn(book.database, events);
      await core.post(12);
      await core.post(13);
      await events.until(() => events.attempts >= 3);
      assert.ok(relay.failures >= 2);
      events.failing = false;
      await events.until(() => events.events.length >= 25);
      assert.deepEqual(versions(events.events, 'mint'), upTo(25));
    });

    it('keeps published rows where the outbox is itself the log', async () => {
      await using book = await openBook();
      const core = new Core(book.database);
      await core.open();
      await core.post(5);
      const events = new Log(true);
      {
        await using _relay = relayOn(book.database, events);
        await events.until(() => events.events.length >= 5);
      }
      assert.equal(await unpublished(book.database), 0n);
      assert.equal((await book.database.query('select from outbox')).length, 5);
    });
  });
}

describe('relays of several cores', () => {
  it('are active one at a time, and the next takes over where the first stopped', async () => {
    await using book = await postgresBook();
    const core = new Core(book.database);
    await core.open();
    const events = new Log(false);
    const first = relayOn(book.database, events);
    await core.post(1);
    await events.until(() => events.events.length >= 1);
    await using second = relayOn(book.database, events);
    await core.post(20);
    await events.until(() => events.events.length >= 21);
    assert.deepEqual([first.leading, second.leading], [true, false]);
    await first[Symbol.asyncDispose]();
    await core.post(20);
    await events.until(() => events.events.length >= 41);
    assert.equal(second.leading, true);
    assert.deepEqual(versions(events.events, 'mint'), upTo(41));
  });

  it('lose and invert nothing while writers on the same accounts commit at odd times', async () => {
    await using book = await postgresBook();
    const cores = [new Core(book.database), new Core(book.database), new Core(book.database)];
    for (const core of cores) await core.open();
    const events = new Log(false);
    await using _relay = relayOn(book.database, events);
    // An idle transaction holds an old snapshot open all the while.
    const idle = await book.database.session();
    await idle.query('begin');
    await idle.query('select txid_current()');
    await Promise.all(
      cores.map(async (core) => {
        for (let turn = 0; turn < 20; turn += 1) await core.post(1 + (turn % 7));
      }),
    );
    await events.until(() => events.events.length >= 3 * 77);
    assert.deepEqual(versions(events.events, 'mint'), upTo(3 * 77));
    await idle[Symbol.asyncDispose]();
  });
});
