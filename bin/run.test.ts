import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';

const launcher = join(import.meta.dirname, 'run.js');
let folder = '';
before(async () => (folder = await mkdtemp(join(tmpdir(), 'atlas-bin-'))));
after(() => rm(folder, { recursive: true }));

test('a TypeScript file runs on Node 24 with its arguments, and its exit code is passed on', async () => {
  const file = await write(`
    const answer: number = 42;
    console.log(process.version.split('.')[0], ...process.argv.slice(2));
    process.exit(answer);
  `);
  const child = start(process.execPath, [launcher, file, '--flag', 'a b']);
  assert.match(await line(child), /^v2\d --flag a b$/);
  assert.deepEqual(await once(child, 'exit'), [42, null]);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} reaches the program once, and its drain is awaited`, async () => {
    const child = start(process.execPath, [launcher, await write(draining)]);
    assert.equal(await line(child), 'ready');
    child.kill(signal);
    assert.equal(await line(child), `${signal} 1`);
    assert.deepEqual(await once(child, 'exit'), [7, null]);
  });
}

test(
  'when npm and its shell are gone the program drains as well',
  { skip: noShell() },
  async () => {
    const command = `"${process.execPath}" "${launcher}" "${await write(draining)}"; exit`;
    const shell = start('sh', ['-c', command], { npm_lifecycle_event: 'start' });
    assert.equal(await line(shell), 'ready');
    shell.kill('SIGKILL');
    assert.equal(await line(shell), 'SIGTERM 1');
    await once(shell.stdout, 'close');
  },
);

test('without a file the launcher says how it is used and ends with 2', async () => {
  const child = start(process.execPath, [launcher]);
  assert.deepEqual(await once(child, 'exit'), [2, null]);
});

/** Counts its signals until it has drained. */
const draining = `
  let count = 0;
  const idle = setInterval(() => {}, 1_000);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => {
    count += 1;
    setTimeout(() => { console.log(signal, count); process.exit(7); }, 300);
  });
  console.log('ready');
`;

type Child = ChildProcessByStdio<null, Readable, null>;

function start(command: string, args: string[], env: NodeJS.ProcessEnv = {}): Child {
  const { npm_lifecycle_event: _, ...own } = process.env;
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...own, ...env } });
}

async function line(child: Child): Promise<string> {
  const [text] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return text;
}

async function write(code: string): Promise<string> {
  const file = join(await mkdtemp(join(folder, 'program-')), 'program.ts');
  await writeFile(file, code);
  return file;
}

function noShell(): boolean {
  return process.platform === 'win32';
}
