// Builds the console when its sources have changed since the last time, so that `npm start` needs
// no step before it and loses no second after the first time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveUp, root } from './runtime.js';

const folder = join(root, 'apps', 'console');
const stamp = join(folder, 'dist', '.sources');
const notSources = /^(dist|node_modules)$|\.test\.tsx?$/;

/** @param {string} node */
export function buildConsole(node) {
  const sources = hashSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.error('atlas: building the console');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const { status, stdout, stderr } = spawnSync(node, [vite, 'build'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) giveUp(`the console was not built\n${stdout}${stderr}`.trimEnd(), 1);
  writeFileSync(stamp, sources);
}

/** Covers what the bundle is made of: the app, the packages, the contracts and the dependencies. */
function hashSources() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const place of [folder, join(root, 'packages'), join(root, 'src', 'contracts')]) {
    for (const file of filesIn(place))
      hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** @param {string} place @returns {string[]} */
function filesIn(place) {
  return readdirSync(place, { withFileTypes: true })
    .filter(({ name }) => !notSources.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(place, entry.name);
      return entry.isDirectory() ? filesIn(path) : [path];
    });
}
