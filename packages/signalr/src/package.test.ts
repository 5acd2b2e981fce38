/** The package as npm installs it: packed, put into an empty folder and used from there. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type IHubProtocol, JsonHubProtocol } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { packed, type Packed } from '../../../test/packed.ts';
import { build, read } from '../test/official-client.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const folder = join(import.meta.dirname, '..');
let app: string;
let own: Packed;

before(async () => {
  app = await mkdtemp(join(tmpdir(), 'signalr-'));
  own = await packed('signalr', app);
  await writeFile(join(app, 'package.json'), '{ "private": true, "type": "module" }');
  // The dependencies are those that are here already, so that no registry is asked.
  const dependencies = ['ws', '@msgpack/msgpack', 'zod'].map((name) =>
    join(root, 'node_modules', name),
  );
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', ...dependencies], {
    cwd: app,
  });
  const tarballs = stdout
    .trim()
    .split('\n')
    .map((name) => `./${name}`);
  await run('npm', ['install', '--offline', '--ignore-scripts', own.tarball, ...tarballs], {
    cwd: app,
  });
  const example = await readFile(join(folder, 'examples/chat.ts'), 'utf8');
  await writeFile(join(app, 'chat.js'), stripTypeScriptTypes(example));
  await writeFile(
    join(app, 'main.js'),
    `import { server } from './chat.js';
     server.listen(0, '127.0.0.1', () => console.log(server.address().port));`,
  );
});

after(() => rm(app, { recursive: true, force: true }));

test('nothing but ws and a MessagePack library comes with it, and no sources', async () => {
  const installed = join(app, 'node_modules/@atlas/signalr');
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  assert.deepEqual(Object.keys(manifest.dependencies), ['@msgpack/msgpack', 'ws']);
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts']) {
    await access(join(installed, file));
  }
  for (const file of ['src', 'test', 'dist/hub.test.js']) {
    await assert.rejects(access(join(installed, file)));
  }
});

test('packing it leaves its folder as it was', async () => {
  const manifest = (path: string) => readFile(join(path, 'package.json'), 'utf8');
  assert.equal(await manifest(own.copy), await manifest(folder));
});

test('it knows nothing of what it is used for here', async () => {
  const installed = join(app, 'node_modules/@atlas/signalr');
  for (const file of await readdir(installed, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = await readFile(join(file.parentPath, file.name), 'utf8');
    assert.doesNotMatch(text, /balance|ledger|payment|atlas(?!\/signalr)/i, file.name);
  }
});

for (const version of [20, 24]) {
  test(`the example of the README runs on Node ${version}`, async (t) => {
    const node = await findNode(version);
    if (node === undefined) return t.skip(`there is no Node ${version} here`);
    const url = await serveExample(t, node);
    const join_ = (name: string, protocol: IHubProtocol) => enter(t, url, name, protocol);
    const ada = await join_('ada', new JsonHubProtocol());
    const bob = await join_('bob', new MessagePackHubProtocol());
    const heard = new Promise((resolve) => {
      bob.on('said', (...said: unknown[]) => resolve(said));
    });
    await ada.invoke('Say', 'hello');
    assert.deepEqual(await heard, ['ada', 'hello']);
    assert.deepEqual(await read(bob.stream('Spell', 'abc')), { items: ['a', 'b', 'c'] });
    await assert.rejects(ada.invoke('Say', 7), /Argument 1 is invalid/);
    await assert.rejects(join_('', new JsonHubProtocol()), /401/);
  });
}

test('a consumer in TypeScript is checked against its declarations', async () => {
  const options = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      module: 'nodenext',
      target: 'es2022',
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    files: ['chat.ts', 'wrong.ts'],
  };
  await cp(join(folder, 'examples/chat.ts'), join(app, 'chat.ts'));
  await writeFile(
    join(app, 'wrong.ts'),
    `import { createHub } from '@atlas/signalr';
     import { z } from 'zod';
     const hub = createHub({ authenticate: () => ({ identity: { name: 'ada' } }) });
     hub.method('Square', [z.number()], (_connection, n) => n.length);`,
  );
  await writeFile(join(app, 'tsconfig.json'), JSON.stringify(options));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', app]).catch(
    (error: unknown) => error as { stdout: string },
  );
  assert.deepEqual(
    stdout.match(/error TS\d+: .*/g),
    ["error TS2339: Property 'length' does not exist on type 'number'."],
    stdout,
  );
});

async function enter(t: TestContext, url: string, name: string, protocol: IHubProtocol) {
  const client = build(t, { url, protocol, token: () => name });
  await client.start();
  return client;
}

/** The address of the hub, in a process that ends with the test. */
async function serveExample(t: TestContext, node: string): Promise<string> {
  const child = spawn(node, ['main.js'], { cwd: app, stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return `http://127.0.0.1:${port}/ws`;
}

/** This Node or one of the machine, by its major version. */
async function findNode(major: number): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const node of [process.execPath, ...folders.map((path) => join(path, 'node'))]) {
    const { stdout } = await run(node, ['--version']).catch(() => ({ stdout: '' }));
    if (stdout.startsWith(`v${major}.`)) return node;
  }
  return undefined;
}
