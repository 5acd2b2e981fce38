// Makes a package ready for npm, and takes that back: `npm pack` and `npm publish` call it before and after
// by the package's own scripts. Inside this repository a package is its sources, which run as they are; but
// Node strips no types in node_modules, so what npm takes is JavaScript with declarations, in `dist`.
import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const sources = './src/index.ts';
const built = { types: './dist/index.d.ts', default: './dist/index.js' };

const [step] = process.argv.slice(2);
const folder = process.cwd();
if (step === 'prepare') {
  await build();
  await exportFrom(built);
} else if (step === 'restore') {
  await exportFrom(sources);
} else {
  throw new Error('usage: packages/pack.ts prepare|restore, in the folder of a package');
}

/** By the package's own settings (tsconfig.build.json): which Node or browser it is for. */
async function build(): Promise<void> {
  const out = join(folder, 'dist');
  await rm(out, { recursive: true, force: true });
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const settings = ['--project', join(folder, 'tsconfig.build.json'), '--outDir', out];
  const { status } = spawnSync(process.execPath, [compiler, ...settings], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${folder} does not compile`);
}

async function exportFrom(exports: string | object): Promise<void> {
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as object;
  await writeFile(path, `${JSON.stringify({ ...manifest, exports }, null, 2)}\n`);
}
