// What stops a start: the process ends at once with its exit code and one line that says what to do,
// without a stack trace and without what must stay secret.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { lockFolder } from '../src/engines/folder-lock.ts';
import { roleNames } from '../src/platform/role.ts';
import { bareEnvironment } from './bare-environment.ts';
import { embeddedFolder } from './embedded-folder.ts';
import { forget, postgres, reap } from './engines/index.ts';
import type { Environment } from './system.ts';

const program = join(import.meta.dirname, '..', 'src', 'atlas.ts');
const password = 'sEcret-0f-this-Test';
const processesAtOnce = 2;
/** A process is there within a second or two, but there are many, and machines that are busy. */
const timeoutMs = 240_000;

const stack = new AsyncDisposableStack();
after(() => stack.disposeAsync());
const { path: folder } = stack.use(await dataFolder());
stack.use(await lockFolder(folder));
const file = join(folder, 'file');
await writeFile(file, '');
const taken = createServer().listen(0, '127.0.0.1');
await once(taken, 'listening');
stack.defer(() => void taken.close());
const takenPort = String((taken.address() as { port: number }).port);
const { folder: book } = stack.use(await embeddedFolder());
const database = new URL(stack.use(await postgres()).url);
const wrongPassword = new URL(database);
wrongPassword.password = password;
const otherDatabase = new URL(database);
otherDatabase.pathname = '/atlas_nowhere';

const freePorts = Object.fromEntries(
  roleNames.map((role) => [`ATLAS_${role.toUpperCase()}_PORT`, '0']),
);
const kafka = { KAFKA_BOOTSTRAP: '127.0.0.1:1' };
const provider = { AUTH_JWKS_URL: 'http://127.0.0.1:1/keys' };
const away = { DATABASE_URL: `postgres://atlas:${password}@127.0.0.1:1/atlas` };

type Failure = readonly [command: string, settings: Environment, line: RegExp];

const wrongUse: readonly Failure[] = [
  ['fly', {}, /"fly"/],
  ['core fly', {}, /"fly" is not a role/],
  ['token --colour red', {}, /--colour/],
  ['import', {}, /FILE/i],
  ['up', { ATLAS_COLOUR: 'red' }, /ATLAS_COLOUR is not a setting/],
  ['token', { LS_RATE: '1' }, /LS_RATE is not a setting/],
  ['up', { ATLAS_GATEWAY_PORT: 'http' }, /ATLAS_GATEWAY_PORT must be/],
  ['up', { DATABASE_URL: `mysql://atlas:${password}@localhost/atlas` }, /DATABASE_URL must be/],
  ['up', { REDIS: `redis://:${password}@local host` }, /REDIS must be/],
  ['up', { KAFKA_BOOTSTRAP: 'kafka' }, /KAFKA_BOOTSTRAP/],
  ['up', { ...kafka, KAFKA_SASL_PASSWORD: password }, /KAFKA_SASL_USERNAME/],
  ['up', { ...kafka, KAFKA_TLS: '1', KAFKA_TLS_CA: '/nowhere.pem' }, /KAFKA_TLS_CA/],
  ['up', { LEDGER_INTERNAL_SECRET: 'too short' }, /LEDGER_INTERNAL_SECRET .* 32/],
  ['up', provider, /AUTH_ISSUER and AUTH_AUDIENCE/],
  ['payments', {}, /AUTH_JWKS_URL.* ATLAS_DEV=1/],
  [
    'payments',
    { ...provider, AUTH_ISSUER: 'a', AUTH_AUDIENCE: 'b' },
    /LEDGER_INTERNAL_SECRET must be set/,
  ],
  ['core', { ATLAS_DEV: '1' }, /Set DATABASE_URL: core alone/],
  ['ledger', { ATLAS_DEV: '1', ...away }, /Set REDIS: ledger alone/],
  ['up', { REALTIME_FEED: 'fast' }, /REALTIME_FEED must be one of kafka, slots/],
  [
    'up',
    { ...kafka, REALTIME_FEED: 'slots' },
    /REALTIME_FEED=slots needs KAFKA_BOOTSTRAP and REDIS/,
  ],
  ['realtime', { ATLAS_DEV: '1' }, /Set KAFKA_BOOTSTRAP: realtime alone/],
];

const failures: readonly Failure[] = [
  ['up', { ATLAS_DATA: folder }, /is in use by another atlas process/],
  ['up', { ATLAS_DATA: file }, /file/],
  ['up', { ATLAS_DATA: '/proc/atlas' }, /The folder \/proc\/atlas cannot be made .*ATLAS_DATA/],
  ['migrate', { ATLAS_DATA: '/proc/atlas' }, /The folder \/proc\/atlas cannot be made/],
  [
    'up',
    { ATLAS_DATA: book, ATLAS_PAYMENTS_PORT: takenPort },
    new RegExp(`Port ${takenPort} .* in use`),
  ],
  ['gateway', { ATLAS_DEV: '1', ATLAS_HOST: '203.0.113.1' }, /ATLAS_HOST.* 203\.0\.113\.1/],
  ['gateway', { ATLAS_DEV: '1', ATLAS_HOST: 'nowhere.invalid' }, /ATLAS_HOST.* nowhere\.invalid/],
  ['up', away, /PostgreSQL cannot be reached.* DATABASE_URL/],
  ['up', { DATABASE_URL: `postgres://a:${password}@localhost:1/a` }, /cannot be reached \(.+\)/],
  ['up', { DATABASE_URL: wrongPassword.href }, /password/],
  ['migrate', { DATABASE_URL: otherDatabase.href }, /atlas_nowhere/],
  ['demo', { ATLAS_URL: 'http://127.0.0.1:1' }, /127\.0\.0\.1:1/],
  ['import /nowhere.csv', {}, /\/nowhere\.csv/],
];

for (const [name, cases, exitCode] of [
  ['wrong use ends with 2 and one line', wrongUse, 2],
  ['a failed start ends with 1 and one line', failures, 1],
] as const) {
  describe(name, { concurrency: processesAtOnce, timeout: timeoutMs }, () => {
    for (const [command, settings, line] of cases) {
      it(`${[...Object.keys(settings), 'atlas', command].join(' ')}: ${line.source}`, async () => {
        await using own = await dataFolder();
        const environment = { ATLAS_DATA: own.path, ...freePorts, ...settings };
        const { code, stdout, stderr } = await atlas(command.split(' '), environment);
        assert.equal(code, exitCode, stderr);
        assert.equal(stdout, '');
        assert.match(stderr, /^atlas: [^\n]+\n$/);
        assert.match(stderr, line);
        assert.doesNotMatch(stderr, / at .*:\d+:\d+|\.ts\b|node_modules|undefined|\[object/);
        assert.equal(stderr.includes(password), false, stderr);
        assert.equal(stderr.includes(database.password), false, stderr);
      });
    }
  });
}

/** Without a book: it is removed when it is disposed of. */
function dataFolder() {
  return mkdtempDisposable(join(tmpdir(), 'atlas-start-up-'));
}

async function atlas(args: readonly string[], environment: Environment) {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...bareEnvironment, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  reap(child.pid!);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  forget(child.pid!);
  return { code, stdout, stderr };
}
