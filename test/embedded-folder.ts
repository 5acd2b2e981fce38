// A data folder with an empty, migrated embedded book. Making one takes seconds and copying one takes a
// tenth, so each process makes one and copies it.
import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../src/core/migrate.ts';
import { openPglite } from '../src/engines/pglite.ts';

let template: Promise<string> | undefined;

/** It is removed when it is disposed of. */
export async function embeddedFolder(): Promise<AsyncDisposable & { readonly folder: string }> {
  template ??= makeTemplate();
  const folder = await temporaryFolder();
  await cp(join(await template, 'book'), join(folder, 'book'), { recursive: true });
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function makeTemplate(): Promise<string> {
  const folder = await temporaryFolder();
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await using database = await openPglite(folder);
  await migrate(database);
  return folder;
}

function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'atlas-embedded-'));
}
