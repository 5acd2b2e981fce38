// Finds the test files. Those under test/faults kill and hang engines under load, so they are kept apart from the
// rest; where such a file is called *.alone.test.ts it judges by the clock, and nothing runs beside it.
import { glob } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';

const root = join(import.meta.dirname, '..');
// The phone app's own tests are Jest's; test/mobile runs them.
const folders = ['src', 'packages', 'apps/console', 'bin', 'bench', 'load', 'test'];

export interface TestFiles {
  rest: string[];
  faults: string[];
  alone: string[];
}

/** @param filters files, folders or parts of paths; none for everything */
export async function findTests(filters: string[]): Promise<TestFiles> {
  const files: string[] = [];
  const patterns = folders.map((folder) => `${folder}/**/*.test.ts`);
  for await (const file of glob(patterns, { cwd: root, exclude: isDependency })) {
    const path = join(root, file);
    if (filters.length === 0 || filters.some((filter) => matches(path, filter))) files.push(path);
  }
  files.sort();
  const all = Object.groupBy(files, kindOf);
  return { rest: [], faults: [], alone: [], ...all };
}

function kindOf(file: string): keyof TestFiles {
  if (!file.startsWith(join(root, 'test', 'faults') + sep)) return 'rest';
  return file.endsWith('.alone.test.ts') ? 'alone' : 'faults';
}

function isDependency(path: string): boolean {
  return path.split(sep).includes('node_modules');
}

function matches(path: string, filter: string): boolean {
  const place = resolve(filter);
  if (path === place || path.startsWith(place + sep)) return true;
  return relative(root, path).split(sep).join('/').includes(filter);
}
