// Brings a database to this version: every numbered file in sql/ once, in order, under a lock, so that
// however many processes start at the same time, each file runs once and all wait for it.
import { readFile, readdir } from 'node:fs/promises';
import { reached, type Connection, type Database } from '../engines/database.ts';

const migrationLock = 7_214_001;
const folder = new URL('sql/', import.meta.url);

/** Names of the files that were applied now; none when the database was up to date. */
export async function migrate(database: Database): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => /^\d+-.+\.sql$/.test(name)).sort();
  return reached(database.longTransaction((connection) => applyMissing(connection, files)));
}

async function applyMissing(connection: Connection, files: readonly string[]): Promise<string[]> {
  await connection.query(`select pg_advisory_xact_lock(${migrationLock})`);
  await connection.query(
    `create table if not exists migrations (
         name text primary key,
         applied_at timestamptz not null default now()
       )`,
  );
  const applied = await connection.query<{ name: string }>('select name from migrations');
  const known = new Set(applied.map(({ name }) => name));
  const unknown = [...known].filter((name) => !files.includes(name));
  if (unknown.length > 0) {
    throw new Error(`The database is newer than this program (${unknown.join(', ')}); update it`);
  }
  const pending = files.filter((name) => !known.has(name));
  for (const name of pending) {
    await connection.query(await readFile(new URL(name, folder), 'utf8'));
    await connection.query('insert into migrations (name) values ($1)', [name]);
  }
  return pending;
}
