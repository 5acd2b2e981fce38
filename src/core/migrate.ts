// Brings a database to this version: every numbered file in sql/ once, in order. However many processes start
// at the same time, one of them does it and the others wait.
//
// A file is one transaction. What would hold up a live system in one, as building an index does, is in a file
// whose name ends in `.online.sql`: its statements run one by one beside the traffic, and one that was broken
// off runs again.
import { readFile, readdir } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { reached, type Connection, type Database } from '../engines/database.ts';

const migrationLock = 7_214_001;
/** Whoever waits asks again, and not in a statement: an index that is built would wait for its end. */
const lockRetryMs = 100;
const folder = new URL('sql/', import.meta.url);

/** Names of the files that were applied now; none when the database was up to date. */
export async function migrate(database: Database): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => /^\d+-.+\.sql$/.test(name)).sort();
  await using session = await reached(database.longSession());
  await locked(session);
  try {
    return await applyMissing(database, session, files);
  } finally {
    // A session that is lost has lost its lock, too.
    await session.query(`select pg_advisory_unlock(${migrationLock})`).catch(() => {});
  }
}

async function locked(session: Connection): Promise<void> {
  const lock = `select pg_try_advisory_lock(${migrationLock}) as taken`;
  while ((await session.query<{ taken: boolean }>(lock))[0]?.taken !== true) {
    await pause(lockRetryMs);
  }
}

async function applyMissing(
  database: Database,
  session: Connection,
  files: readonly string[],
): Promise<string[]> {
  await session.query(
    `create table if not exists migrations (
         name text primary key,
         applied_at timestamptz not null default now()
       )`,
  );
  const applied = await session.query<{ name: string }>('select name from migrations');
  const known = new Set(applied.map(({ name }) => name));
  const unknown = [...known].filter((name) => !files.includes(name));
  if (unknown.length > 0) {
    throw new Error(`The database is newer than this program (${unknown.join(', ')}); update it`);
  }
  const pending = files.filter((name) => !known.has(name));
  for (const name of pending) {
    const sql = await readFile(new URL(name, folder), 'utf8');
    if (name.endsWith('.online.sql')) await applyOnline(session, name, sql);
    else await database.longTransaction((connection) => apply(connection, name, sql));
  }
  return pending;
}

async function apply(connection: Connection, name: string, sql: string): Promise<void> {
  await connection.query(sql);
  await noteApplied(connection, name);
}

async function applyOnline(session: Connection, name: string, sql: string): Promise<void> {
  // An index whose building was broken off costs every write its part and serves no read.
  const broken = await session.query<{ name: string }>(
    `select i.indexrelid::regclass::text as name
       from pg_index i join pg_class c on c.oid = i.indexrelid
      where not i.indisvalid and c.relnamespace = current_schema()::regnamespace`,
  );
  for (const index of broken) await session.query(`drop index concurrently ${index.name}`);
  const statements = sql.replaceAll(/^--.*$/gm, '').split(';');
  for (const statement of statements.map((text) => text.trim())) {
    if (statement !== '') await session.query(statement);
  }
  await noteApplied(session, name);
}

async function noteApplied(connection: Connection, name: string): Promise<void> {
  await connection.query('insert into migrations (name) values ($1)', [name]);
}
