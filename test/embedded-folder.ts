// A data folder with an empty, migrated embedded book: a copy of the one that all tests share.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyBook } from './engines/index.ts';

/** It is removed when it is disposed of. */
export async function embeddedFolder(): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-embedded-'));
  await cp(join(await emptyBook(), 'book'), join(folder, 'book'), { recursive: true });
  return {
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
