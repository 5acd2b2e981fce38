// A migrated, empty book on each engine, so that a test can say its sentence once and prove it on both.
import { migrate } from '../src/core/migrate.ts';
import type { Database } from '../src/engines/database.ts';
import { openPglite } from '../src/engines/pglite.ts';
import { openPostgres } from '../src/engines/postgres.ts';
import { embeddedFolder } from './embedded-folder.ts';
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
  const { folder } = made.use(await embeddedFolder());
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

async function opened(database: Database, made: AsyncDisposableStack): Promise<Book> {
  await migrate(database);
  const resources = made.move();
  return { database, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
