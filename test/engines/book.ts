// An empty, migrated embedded book, made once for all test files of a run: making one takes a processor for
// seconds, and copying one a tenth of that.
import { rm } from 'node:fs/promises';
import { migrate } from '../../src/core/migrate.ts';
import { openPglite } from '../../src/engines/pglite.ts';
import { engineFolder } from './server.ts';

/** Makes it in a folder that ends with what is returned. */
export async function makeBook(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await engineFolder('book');
  await using database = await openPglite(folder);
  await migrate(database);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
