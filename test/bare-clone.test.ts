// What a newcomer does first: on a machine with nothing but Node and npm, `npm start` in a bare clone.
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { reap } from './engines/index.ts';

const root = join(import.meta.dirname, '..');
const clone = mkdtempSync(join(tmpdir(), 'atlas-clone-'));
after(() => rm(clone, { recursive: true, force: true, maxRetries: 10 }));

// An install and a build of the console, on a machine that is busy with other tests.
const timeout = 240_000;
const skip = !existsSync(join(root, '.git')) && 'this is not a checkout';

test(
  'npm start in a bare clone installs, builds and starts; Ctrl-C drains it',
  { timeout, skip },
  async () => {
    const tracked = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
    for (const file of execFileSync('git', tracked, { cwd: root, encoding: 'utf8' }).split('\0')) {
      const path = join(root, file);
      if (file !== '' && existsSync(path)) cpSync(path, join(clone, file));
    }
    const atlas = npm('start');
    const { before, console } = await greeting(atlas);
    assert.match(before, /installing dependencies/);
    assert.match(before, /building the console/);
    assert.equal((await fetch(console)).status, 200);
    assert.equal((await fetch(new URL('/health/ready', console))).status, 200);
    await interrupt(atlas);
  },
);

test(
  'the second npm start installs and builds nothing and is up within seconds',
  { timeout, skip },
  async () => {
    const start = performance.now();
    const atlas = npm('start');
    const { before } = await greeting(atlas);
    assert.doesNotMatch(before, /installing|building/);
    assert.ok(performance.now() - start < 20_000);
    await interrupt(atlas);
  },
);

test(
  'npx atlas in the clone runs its command with the arguments given',
  { timeout, skip },
  async () => {
    const token = npx('atlas', 'token', '--ttl', '1h');
    let output = '';
    token.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    assert.deepEqual(await once(token, 'close'), [0, null]);
    assert.match(output, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  },
);

type Child = ChildProcessByStdio<null, Readable, Readable>;

const npm = (...args: string[]): Child => launch('npm', args);
const npx = (...args: string[]): Child => launch('npx', args);

/** In a process group of its own, as a terminal starts it, with the machine's own Node first. */
function launch(command: string, args: string[]): Child {
  const { PATH = '', TEST_ENGINES: _, ...env } = process.env;
  const path = PATH.split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const ports = ['GATEWAY', 'PAYMENTS', 'CORE', 'LEDGER', 'REALTIME'].map((role) => [
    `ATLAS_${role}_PORT`,
    '0',
  ]);
  const clean = Object.entries(env).filter(
    ([name]) => !/^(npm_|NODE_TEST|NODE_OPTIONS)/.test(name),
  );
  const child = spawn(command, args, {
    cwd: clone,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...Object.fromEntries([...clean, ...ports]), PATH: path.join(delimiter) },
  });
  reap(child.pid ?? 0);
  return child;
}

/** What it says before it is ready, and the console's address in it. */
async function greeting(atlas: Child): Promise<{ before: string; console: string }> {
  let before = '';
  const ready = Promise.withResolvers<void>();
  for (const pipe of [atlas.stdout, atlas.stderr]) {
    createInterface({ input: pipe }).on('line', (line) => {
      if (line === 'atlas ready') ready.resolve();
      before += `${line}\n`;
    });
  }
  atlas.once('exit', (code) => ready.reject(new Error(`ended with ${code}:\n${before}`)));
  await ready.promise;
  const console = /https?:\/\/\S+#token=\S+/.exec(before)?.[0];
  assert.ok(console, before);
  return { before, console };
}

/** Ctrl-C: every process of the group hears it, and Atlas drains instead of dying. */
async function interrupt(atlas: Child): Promise<void> {
  let said = '';
  atlas.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const closed = once(atlas.stdout, 'close');
  process.kill(-(atlas.pid ?? 0), 'SIGINT');
  await closed;
  assert.match(said, /atlas: draining/);
}
