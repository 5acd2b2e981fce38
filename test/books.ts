// A migrated, empty book on each engine, so that a test can say its sentence once and prove it on both.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../src/core/migrate.ts';
import type { Database } from '../src/engines/database.ts';
import { openPglite } from '../src/engines/pglite.ts';
import { openPostgres } from '../src/engines/postgres.ts';
import { postgres } from './engines/index.ts';

export interface Book extends AsyncDisposable {
  readonly database: Database;
}

/** Name of an engine with a function that opens a new book on it. */
export const books: readonly (readonly [engine: string, open: () => Promise<Book>])[] = [
  ['PGlite', embeddedBook],
  ['PostgreSQL', postgresBook],
];

export async function embeddedBook(): Promise<Book> {
  await using made = new AsyncDisposableStack();
  const folder = made.adopt(await temporaryFolder(), remove);
  template ??= makeTemplate();
  await cp(join(await template, 'book'), join(folder, 'book'), { recursive: true });
  const database = made.use(await openPglite(folder));
  return await opened(database, made);
}

export async function postgresBook(): Promise<Book> {
  await using made = new AsyncDisposableStack();
  const { url } = made.use(await postgres());
  const database = made.use(
    await openPostgres({
      url,
      connectionsMax: 8,
      connectTimeoutMs: 5_000,
      statementTimeoutMs: 10_000,
      applicationName: 'atlas-test',
    }),
  );
  return await opened(database, made);
}

/** Making a PGlite takes seconds, copying one takes a tenth: each process makes one and copies it. */
let template: Promise<string> | undefined;

async function makeTemplate(): Promise<string> {
  const folder = await temporaryFolder();
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await using database = await openPglite(folder);
  await migrate(database);
  return folder;
}

function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'atlas-book-'));
}

function remove(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

async function opened(database: Database, made: AsyncDisposableStack): Promise<Book> {
  await migrate(database);
  const resources = made.move();
  return { database, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
