import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { postgres, type Database as EmptyDatabase } from '../../test/engines/index.ts';
import { startProxy } from '../../test/faults/proxy.ts';
import { isConnectionFailure, type Database } from './database.ts';
import { openPostgres } from './postgres.ts';

const statementTimeoutMs = 500;

describe('a connection to PostgreSQL', () => {
  let empty: EmptyDatabase;
  before(async () => {
    empty = await postgres();
  });
  after(() => empty[Symbol.asyncDispose]());

  const open = (url = empty.url): Promise<Database> =>
    openPostgres({
      url,
      connectionsMax: 1,
      connectTimeoutMs: 2_000,
      statementTimeoutMs,
      applicationName: 'test',
    });

  it('that has fallen silent is given up, and the next one works', async () => {
    const url = new URL(empty.url);
    await using proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    await using database = await open(url.href);
    await database.query('select 1');
    proxy.hold();
    const startedAt = performance.now();
    await assert.rejects(
      database.transaction((connection) => connection.query('select 1')),
      isConnectionFailure,
    );
    assert.ok(performance.now() - startedAt < 5_000);
    proxy.release();
    assert.equal((await database.query('select 1')).length, 1);
  });

  it('ends a statement that takes too long, but not in a long transaction', async () => {
    await using database = await open();
    await assert.rejects(database.query('select pg_sleep(5)'), isConnectionFailure);
    const rows = await database.longTransaction((connection) =>
      connection.query(`select pg_sleep(${(statementTimeoutMs + 2_500) / 1_000})`),
    );
    assert.equal(rows.length, 1);
  });

  it('of a server that takes no writes any more counts as failed', async () => {
    await using database = await open();
    await assert.rejects(
      database.transaction(async (connection) => {
        await connection.query('set transaction read only');
        await connection.query('create table never (id int)');
      }),
      isConnectionFailure,
    );
  });
});
