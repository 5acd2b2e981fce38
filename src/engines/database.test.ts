import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import {
  postgres,
  securedPostgres,
  strangeCertificates,
  type Database as EmptyDatabase,
} from '../../test/engines/index.ts';
import { startProxy } from '../../test/faults/proxy.ts';
import { isConnectionFailure, reached, type Database } from './database.ts';
import { openPostgres } from './postgres.ts';

const statementTimeoutMs = 500;

describe('a connection to PostgreSQL', () => {
  let empty: EmptyDatabase;
  before(async () => {
    empty = await postgres();
  });
  after(() => empty[Symbol.asyncDispose]());

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
    await using database = await open(empty.url);
    await assert.rejects(database.query('select pg_sleep(5)'), isConnectionFailure);
    const rows = await database.longTransaction((connection) =>
      connection.query(`select pg_sleep(${(statementTimeoutMs + 2_500) / 1_000})`),
    );
    assert.equal(rows.length, 1);
  });

  it('of a server that takes no writes any more counts as failed', async () => {
    await using database = await open(empty.url);
    await assert.rejects(
      database.transaction(async (connection) => {
        await connection.query('set transaction read only');
        await connection.query('create table never (id int)');
      }),
      isConnectionFailure,
    );
  });
});

describe('a PostgreSQL that takes TLS and a password only', async () => {
  const server = await securedPostgres();
  const strange = await strangeCertificates();

  it('is reached with sslmode=verify-full and its authority, sessions included', async () => {
    await using database = await open(server.url);
    await using session = await database.session();
    for (const connection of [database, session]) {
      const [row] = await connection.query(
        'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
      );
      assert.deepEqual(row, { ssl: true });
    }
  });

  const refusals: readonly [what: string, change: (url: URL) => void, reason: RegExp][] = [
    [
      'a certificate from an unknown authority',
      (url) => url.searchParams.set('sslrootcert', strange.authority),
      /unable to verify the first certificate/,
    ],
    [
      'an authority that is not named',
      (url) => url.searchParams.delete('sslrootcert'),
      /unable to verify the first certificate/,
    ],
    [
      'a certificate for another host',
      (url) => (url.hostname = '127.1'),
      /Hostname\/IP does not match certificate's altnames/,
    ],
    [
      'a wrong password',
      (url) => (url.password = 'sEcret-0f-this-Test'),
      /password authentication failed/,
    ],
    ['no TLS', (url) => (url.search = ''), /no encryption/],
    [
      'an authority whose file is missing',
      (url) => url.searchParams.set('sslrootcert', '/nowhere.pem'),
      /no such file or directory, open '\/nowhere.pem'/,
    ],
  ];
  for (const [what, change, reason] of refusals) {
    it(`is refused, and one line says why without the password: ${what}`, async () => {
      const url = new URL(server.url);
      change(url);
      await using database = await open(url.href);
      await assert.rejects(reached(database.query('select 1')), (error: Error) => {
        assert.match(error.message, /^PostgreSQL cannot be reached \(.+\); .*DATABASE_URL$/);
        assert.match(error.message, reason);
        assert.equal(inspect(error, { depth: 20, showHidden: true }).includes(url.password), false);
        return true;
      });
    });
  }
});

function open(url: string): Promise<Database> {
  return openPostgres({
    url,
    connectionsMax: 1,
    connectTimeoutMs: 2_000,
    statementTimeoutMs,
    applicationName: 'test',
  });
}
