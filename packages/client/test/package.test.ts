// The package as npm installs it: packed, put into an empty folder and used from there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { packed } from '../../../test/packed.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
let app: string;
let installed: string;

before(async () => {
  app = await mkdtemp(join(tmpdir(), 'atlas-client-'));
  const { tarball } = await packed('client', app);
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  installed = join(app, 'node_modules/@atlas/client');
  await run('mkdir', ['-p', installed]);
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed], { cwd: app });
  // Its dependency is the one that is here already, so that no registry is asked.
  await run('ln', ['-s', join(root, 'node_modules/@microsoft'), join(app, 'node_modules')]);
});

after(() => rm(app, { recursive: true, force: true }));

test('it carries JavaScript, declarations and its documents, and one dependency', async () => {
  const text = await readFile(join(installed, 'package.json'), 'utf8');
  const { dependencies } = JSON.parse(text) as { dependencies: object };
  assert.deepEqual(Object.keys(dependencies), ['@microsoft/signalr']);
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']) {
    await access(join(installed, file));
  }
  for (const file of ['src', 'test', 'dist/testing.js', 'dist/request.test.js']) {
    await assert.rejects(access(join(installed, file)));
  }
});

test('a program imports it and gets a typed error from where nobody is', async () => {
  await writeFile(
    join(app, 'main.js'),
    `import { createClient } from '@atlas/client';
     const atlas = createClient({ url: 'http://127.0.0.1:9', token: 't' });
     const error = await atlas.accounts.get('ada', { deadlineMs: 300 }).catch((error) => error);
     console.log(error.name, error.code, error.outcome);
     atlas.close();`,
  );
  const { stdout } = await run(process.execPath, ['main.js'], { cwd: app });
  assert.equal(stdout, 'AtlasError unreachable unknown\n');
});

test('a consumer in TypeScript is checked against its declarations', async () => {
  await writeFile(
    join(app, 'main.ts'),
    `import { createClient } from '@atlas/client';
     const { accounts } = createClient({ url: '', token: '' });
     const { availableMinor } = await accounts.balance('ada');
     export const sum: bigint = availableMinor + 1n;
     export const wrong: number = availableMinor;`,
  );
  await writeFile(
    join(app, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        module: 'nodenext',
        target: 'es2022',
        types: [],
      },
      files: ['main.ts'],
    }),
  );
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', app]).catch(
    (error: unknown) => error as { stdout: string },
  );
  assert.deepEqual(
    stdout.match(/error TS\d+: .*/g),
    ["error TS2322: Type 'bigint' is not assignable to type 'number'."],
    stdout,
  );
});
