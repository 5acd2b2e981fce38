// Builds a package for npm: node bin/run.js packages/build.ts packages/NAME [OUT]. Inside this
// repository the sources run as they are, but Node strips no types in node_modules, so a package is
// published as JavaScript with declarations. OUT (default packages/NAME/dist) is what `npm publish` takes.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const documents = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** What a package says of itself here: its exports are sources. */
interface Manifest {
  exports: string | Record<string, string>;
  [field: string]: unknown;
}

if (import.meta.main) {
  const [folder, out] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: packages/build.ts FOLDER [OUT]');
  await build(resolve(folder), out === undefined ? join(resolve(folder), 'dist') : resolve(out));
}

/** Empties `out` and fills it. Throws with the compiler's words when the sources do not compile. */
export async function build(folder: string, out: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  await compile(folder, out);
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
  await writeFile(join(out, 'package.json'), `${JSON.stringify(published(manifest), null, 2)}\n`);
  for (const document of documents) await cp(join(folder, document), join(out, document));
}

/** By the package's own settings (tsconfig.build.json): which Node or browser it is for. */
async function compile(folder: string, out: string): Promise<void> {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const settings = ['--project', join(folder, 'tsconfig.build.json'), '--outDir', out];
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, ...settings], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${folder} does not compile\n${stdout}${stderr}`.trimEnd());
}

function published({ exports, ...manifest }: Manifest): object {
  const entries = typeof exports === 'string' ? { '.': exports } : exports;
  const built = Object.entries(entries).map(([name, source]) => {
    const path = source.replace('./src/', './').replace(/\.ts$/, '');
    return [name, { types: `${path}.d.ts`, default: `${path}.js` }];
  });
  return { ...manifest, exports: Object.fromEntries(built) as object };
}
