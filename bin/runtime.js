// What the commands stand on: the dependencies and a Node that runs TypeScript as it is. The Node
// that somebody has may be as old as 20, so this file and its neighbours are plain JavaScript.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

const oldest = [24, 6];

/** Installs the dependencies when the checkout lacks them, then names the Node to use. */
export function prepare() {
  if (!isInstalled()) install();
  return findNode();
}

/**
 * Runs Node to its end with this terminal, and ends as it ends.
 * @param {string} node
 * @param {string[]} args
 */
export async function become(node, args) {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: 'inherit',
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      // Ctrl-C reaches every process of the terminal by itself; twice would cut the drain short.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  // npm, when ended, ends only the shell between it and this process.
  const parent = process.ppid;
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(orphaned);
    child.kill('SIGTERM');
  }, 500);
  if (process.env.npm_lifecycle_event === undefined) clearInterval(orphaned);
  const [code, signal] = await once(child, 'exit');
  clearInterval(orphaned);
  process.exitCode = code ?? 128 + constants.signals[signal];
}

/** @param {string} line @param {number} code @returns {never} */
export function giveUp(line, code) {
  console.error(`atlas: ${line}`);
  process.exit(code);
}

/** Whether node_modules holds what package-lock.json asks for, by npm's own record of it. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(join(root, 'package-lock.json'))) return true;
  // Without git it is not a checkout but an image or an archive, put together on purpose.
  if (!existsSync(join(root, '.git')) && existsSync(join(root, 'node_modules'))) return true;
  if (!existsSync(record)) return false;
  const wanted = readJson('package-lock.json').packages;
  const present = readJson('node_modules', '.package-lock.json').packages;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (!path.startsWith('node_modules/')) return true;
    return path in present ? present[path].version === version : optional === true;
  });
}

function install() {
  console.error('atlas: installing dependencies (npm ci)');
  const flags = ['ci', '--include=dev', '--include=optional'];
  const npm = process.env.npm_execpath;
  const options = /** @type {const} */ ({ cwd: root, encoding: 'utf8' });
  const { status, stdout, stderr } = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, ...flags], options)
    : spawnSync(['npm', ...flags].join(' '), { ...options, shell: true });
  if (status !== 0) giveUp(`npm ci failed\n${stdout}${stderr}`.trimEnd(), 1);
}

/** The Node of the optional dependencies, which is the one that the tests have seen, else this one. */
function findNode() {
  for (const name of Object.keys(readJson('package.json').optionalDependencies)) {
    if (!existsSync(join(root, 'node_modules', name, 'package.json'))) continue;
    const { bin } = readJson('node_modules', name, 'package.json');
    const node = join(root, 'node_modules', name, bin.node);
    // It may be there and not run, as on a Linux without glibc.
    const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
    if (isRecent(stdout)) return node;
  }
  if (isRecent(process.version)) return process.execPath;
  return giveUp(
    `needs Node ${oldest.join('.')} or later: start it with one, or let npm ci install the packaged one (optional dependencies)`,
    2,
  );
}

/** @param {string | null} version such as v24.6.0 */
function isRecent(version) {
  const [major, minor] = (version ?? '').trim().slice(1).split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** @param {string[]} path */
function readJson(...path) {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8'));
}
