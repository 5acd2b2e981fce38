import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { postgres, privatePostgres } from './index.ts';

test('a test gets a real, durable PostgreSQL 15 or later with an empty database', async () => {
  await using database = await postgres();
  assert.match(await ask(database.url, 'SELECT version()'), /^PostgreSQL (1[5-9]|[2-9]\d)/);
  assert.equal(await ask(database.url, 'SHOW fsync'), 'on');
  assert.equal(await ask(database.url, 'SHOW synchronous_commit'), 'on');
  assert.equal(await ask(database.url, 'SELECT count(*) FROM pg_stat_user_tables'), '0');
});

test('two databases do not see each other and go when they are disposed', async () => {
  await using kept = await postgres();
  const name = await (async () => {
    await using database = await postgres();
    await ask(database.url, 'CREATE TABLE mine (id int)');
    assert.equal(await ask(kept.url, 'SELECT count(*) FROM pg_stat_user_tables'), '0');
    return new URL(database.url).pathname.slice(1);
  })();
  const left = `SELECT count(*) FROM pg_database WHERE datname = '${name}'`;
  assert.equal(await ask(kept.url, left), '0');
});

test('a private PostgreSQL comes back with its data after a restart and after a kill', async () => {
  await using server = await privatePostgres();
  await ask(server.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  const first = server.pid;
  await server.restart();
  assert.notEqual(server.pid, first);
  assert.equal(await ask(server.url, 'SELECT answer FROM kept'), '42');
  await server.kill();
  await assert.rejects(ask(server.url, 'SELECT 1'), { code: /ECONNREFUSED|ECONNRESET/ });
  await server.restart();
  assert.equal(await ask(server.url, 'SELECT answer FROM kept'), '42');
});

test('a PostgreSQL killed in the middle of work takes its backends along and comes back', async () => {
  await using server = await privatePostgres();
  const busy = assert.rejects(ask(server.url, 'SELECT count(*) FROM generate_series(1, 1e8)'));
  await untilActive(server.url);
  await server.kill();
  await server.restart();
  assert.equal(await ask(server.url, 'SELECT 1'), '1');
  await busy;
});

async function untilActive(url: string): Promise<void> {
  const sql = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series(1, 1e8)'";
  while ((await ask(url, sql)) !== '1');
}

/** The first column of the first row. */
async function ask(url: string, sql: string): Promise<string> {
  const client = new Client(url);
  // The query itself reports what goes wrong.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<string[]>({ text: sql, rowMode: 'array' });
    return String(rows[0]?.[0]);
  } finally {
    await client.end();
  }
}
