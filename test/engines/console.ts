// The console as the gateway serves it, built once for all test files of a run. By a process of its own: Vite puts
// NODE_ENV=production into the environment of its process, and the test files would inherit it.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const sources = join(import.meta.dirname, '..', '..', 'apps', 'console');
const vite = fileURLToPath(new URL('bin/vite.js', import.meta.resolve('vite/package.json')));

/** Builds it into a folder that ends with what is returned. */
export async function buildConsole(): Promise<{ readonly folder: string } & AsyncDisposable> {
  const place = await mkdtemp(join(tmpdir(), 'atlas-console-'));
  const folder = join(place, 'dist');
  const order = ['build', sources, '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
  await promisify(execFile)(process.execPath, [vite, ...order]);
  return { folder, [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }) };
}
