import assert from 'node:assert/strict';
import { it } from 'node:test';
import { pino } from 'pino';
import { postgresBook } from '../../test/books.ts';
import { postgres } from '../../test/engines/index.ts';
import type { WriterBook } from '../engines/redis-cache.ts';
import { openPostgres } from '../engines/postgres.ts';
import { enterWriter, writerBook } from './cache-writers.ts';
import { migrate } from './migrate.ts';

const id = '00000000-0000-4000-8000-000000000001';

it('a core that does not get its lock keeps no connection', async () => {
  await using empty = await postgres();
  const open = (applicationName: string) =>
    openPostgres({
      url: empty.url,
      connectionsMax: 1,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 300,
      applicationName,
    });
  await using first = await open('first');
  await migrate(first);
  await using second = await open('second');
  const log = pino({ level: 'silent' });
  await using writer = await enterWriter(first, id, log);
  await assert.rejects(enterWriter(second, writer.id, log), { code: '57014' });
  const sessions = await first.query(
    `select from pg_stat_activity where application_name = 'second'`,
  );
  assert.equal(sessions.length, 0);
});

it('a core knows who has not met it yet, and which of those are alive', async () => {
  await using book = await postgresBook();
  const { database } = book;
  const log = pino({ level: 'silent' });
  const ids = [1, 2, 3].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
  const [me, alive, dead] = ids.map((id) => writerBook(database, id)) as [
    WriterBook,
    WriterBook,
    WriterBook,
  ];
  assert.equal(await me.unmetBy(), 'living', 'before it has entered itself');
  await using _me = await enterWriter(database, ids[0]!, log);
  assert.equal(await me.unmetBy(), 'nobody');
  await using _alive = await enterWriter(database, ids[1]!, log);
  await database.query('insert into cache_writers (id) values ($1)', [ids[2]]);
  assert.equal(await me.unmetBy(), 'living');
  assert.deepEqual((await alive.strangers()).toSorted(), [ids[0], ids[2]]);
  await alive.met([ids[0]!]);
  await alive.met([ids[0]!]);
  assert.deepEqual(await alive.strangers(), [ids[2]]);
  assert.equal(await me.unmetBy(), 'dead');
  await dead.met([ids[0]!]);
  assert.equal(await me.unmetBy(), 'nobody');
  assert.deepEqual((await me.known()).toSorted(), ids);
});
