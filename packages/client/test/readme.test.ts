import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from '@atlas/client';
import { columns, startSystem } from '../../../test/system.ts';

const folder = join(import.meta.dirname, '..');

test('the example of the README is the one that runs here, and does what it says', async () => {
  const example = await readFile(join(folder, 'examples/watch.ts'), 'utf8');
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  assert.ok(readme.includes(`\`\`\`ts\n${example}\`\`\``), 'the README shows another');

  await using system = await startSystem(columns[0]!);
  const program = execFile(process.execPath, [join(folder, 'examples/watch.ts')], {
    env: { ATLAS_URL: system.urls.gateway, ATLAS_TOKEN: await system.token() },
  });
  const ended = new Promise((resolve) => program.once('exit', resolve));
  let said = '';
  const all = [
    /^ada: unknown, updating, \? ms old$/m,
    /^posted once, under the key [0-9a-f]{32}$/m,
  ];
  all.push(/^Refund: 1250$/m, /^ada: 1250, live, 0 ms old$/m);
  await new Promise<void>((resolve, reject) => {
    program.once('exit', () => reject(new Error(said)));
    program.stderr?.on('data', (text) => (said += text));
    program.stdout?.on('data', (text) => {
      said += text;
      if (all.every((line) => line.test(said))) resolve();
    });
  });
  program.kill();
  await ended;
});

test('the README names every part of a client', async () => {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const atlas = createClient({ url: 'http://127.0.0.1:9', token: '' });
  for (const name of Object.keys(atlas)) assert.match(readme, new RegExp(`\\b${name}\\b`));
  for (const part of [atlas.transfers, atlas.accounts, atlas.operations]) {
    for (const name of Object.keys(part)) assert.match(readme, new RegExp(`\\b${name}\\b`));
  }
  atlas.close();
});
