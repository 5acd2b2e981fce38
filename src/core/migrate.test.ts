import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { embeddedBook } from '../../test/books.ts';
import { postgres } from '../../test/engines/index.ts';
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
