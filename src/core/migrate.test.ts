import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { embeddedBook, postgresBook } from '../../test/books.ts';
import { postgres } from '../../test/engines/index.ts';
import type { Connection } from '../engines/database.ts';
import { openPostgres } from '../engines/postgres.ts';
import { migrate } from './migrate.ts';

describe('migrations', () => {
  it('run once, however many processes start at the same time on an empty database', async () => {
    await using stack = new AsyncDisposableStack();
    const { url } = stack.use(await postgres());
    const starting = await Promise.all(
      Array.from({ length: 6 }, async () =>
        stack.use(
          await openPostgres({
            url,
            connectionsMax: 1,
            connectTimeoutMs: 5_000,
            statementTimeoutMs: 10_000,
            applicationName: 'atlas-test',
          }),
        ),
      ),
    );
    const applied = await Promise.all(starting.map(migrate));
    const some = applied.filter((names) => names.length > 0);
    assert.equal(some.length, 1, 'one of them did the work');
    const rows = await starting[0]!.query<{ name: string }>(
      'select name from migrations order by 1',
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      some[0],
    );
  });

  it('build an index while transfers are written, and anew where building was broken off', async () => {
    await using book = await postgresBook();
    const { database } = book;
    const online = '008-transfer-lists.online.sql';
    const write = (connection: Connection) =>
      connection.query(
        `insert into transfers (entry_id, tenant, key, fingerprint, subject, source, destination, amount_minor,
                                currency, refused, refusal_detail, decided_at)
         values (gen_random_uuid(), 't', gen_random_uuid(), 'f', 's', 'a', 'b', 1, 'EUR', 'no', 'no', now())`,
      );
    const building = async () => {
      const waits = `select pid from pg_stat_activity
                      where query like 'create index concurrently%' and wait_event_type = 'Lock'
                        and datname = current_database()`;
      for (;;) {
        const [row] = await database.query<{ pid: number }>(waits);
        if (row !== undefined) return row.pid;
      }
    };
    const isValid = async () =>
      (
        await database.query<{ indisvalid: boolean }>(
          "select indisvalid from pg_index where indexrelid = to_regclass('transfers_of_tenant')",
        )
      )[0]?.indisvalid;

    await database.query('drop index transfers_of_tenant');
    await database.query('delete from migrations where name = $1', [online]);
    await database.transaction(async (writing) => {
      await write(writing);
      // It waits for the transaction above, and nobody waits for it.
      const broken = assert.rejects(migrate(database), /terminating connection|terminated/);
      const pid = await building();
      await write(database);
      await database.query('select pg_terminate_backend($1)', [pid]);
      await broken;
    });
    assert.equal(await isValid(), false);
    assert.deepEqual(await migrate(database), [online]);
    assert.equal(await isValid(), true);
  });

  it('refuse a database that a newer program has already changed', async () => {
    await using book = await embeddedBook();
    await book.database.query("insert into migrations (name) values ('999-from-the-future.sql')");
    await assert.rejects(migrate(book.database), /newer than this program \(999-from-the-future/);
  });

  it('say in one line what to do when there is no server', async () => {
    await using database = await openPostgres({
      url: 'postgres://127.0.0.1:1/atlas',
      connectionsMax: 1,
      connectTimeoutMs: 1_000,
      statementTimeoutMs: 1_000,
      applicationName: 'atlas-test',
    });
    await assert.rejects(migrate(database), {
      message:
        /^PostgreSQL cannot be reached \(.*ECONNREFUSED.*\); start it, or correct DATABASE_URL$/,
    });
  });
});
