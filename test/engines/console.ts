// The console as the gateway serves it, built once for all test files of a run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sources = join(import.meta.dirname, '..', '..', 'apps', 'console');

/** Builds it into a folder that ends with what is returned. */
export async function buildConsole(): Promise<{ readonly folder: string } & AsyncDisposable> {
  // A bundler is no small thing to load for those who want a database.
  const { build } = await import('vite');
  const place = await mkdtemp(join(tmpdir(), 'atlas-console-'));
  const folder = join(place, 'dist');
  await build({ root: sources, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } });
  return { folder, [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }) };
}
