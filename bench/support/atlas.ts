// A whole Atlas in a process of its own, as `npm start` runs it, with limits that a benchmark does not
// reach. Its CPU can be told from the generator's.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { developmentKeys } from '../../src/platform/development-keys.ts';
import { roleNames, type RoleName } from '../../src/platform/role.ts';

const expectedLine = /^(atlas: draining|For help, see: .*|Debugger (attached|ending on .*)\.?)$/;
const program = new URL('../../src/atlas.ts', import.meta.url).pathname;

export interface Atlas extends AsyncDisposable {
  readonly pid: number;
  readonly urls: Readonly<Record<RoleName, string>>;
  /** For everything in tenant tnt_demo. */
  readonly token: string;
  readonly folder: string;
  /** Where its inspector listens, from the first call on. */
  inspector(): Promise<string>;
  /** Drains it and keeps its folder. */
  stop(): Promise<void>;
}

/** `settings` name the engines; without any they are the embedded ones. */
export async function startAtlas(settings: Readonly<Record<string, string>>): Promise<Atlas> {
  const folder = await mkdtemp(join(tmpdir(), 'atlas-bench-'));
  const ports = roleNames.map((role) => [`ATLAS_${role.toUpperCase()}_PORT`, '0']);
  const flags = ['--disable-warning=ExperimentalWarning', '--inspect-port=0'];
  const child = spawn(process.execPath, [...flags, program, 'up'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      ATLAS_DATA: folder,
      LS_RATE_PER_SEC: '1000000',
      LS_BURST: '1000000',
      LS_IN_FLIGHT_START: '2048',
      LS_TARGET_MS: '60000',
      LS_LOOP_LAG_MS: '60000',
      ATLAS_LOG_LEVEL: 'error',
      ...(Object.fromEntries(ports) as Record<string, string>),
      ...settings,
    },
  });
  const urls: Partial<Record<RoleName, string>> = {};
  const ended = once(child, 'exit').then(() => {});
  const inspected = Promise.withResolvers<string>();
  createInterface(child.stderr).on('line', (line) => {
    const inspector = /^Debugger listening on (ws:\S+)$/.exec(line)?.[1];
    if (inspector !== undefined) inspected.resolve(inspector);
    else if (!expectedLine.test(line)) process.stderr.write(`${line}\n`);
  });
  for await (const line of createInterface(child.stdout)) {
    const [, role, url] = /^(\w+) +(http:\S+)$/.exec(line) ?? [];
    if (role !== undefined) urls[role as RoleName] = url!;
    if (line === 'atlas ready') break;
  }
  if (child.exitCode !== null) throw new Error('atlas up did not start; see above');
  child.stdout.resume();
  const keys = await developmentKeys(folder);
  const token = await keys.sign({
    tenant: 'tnt_demo',
    subject: 'bench',
    accounts: '*',
    scope: 'transfers balances accounts ops',
    ttlSeconds: 24 * 3_600,
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return {
    pid: child.pid!,
    urls: urls as Record<RoleName, string>,
    token,
    folder,
    inspector() {
      // Node listens from its first SIGUSR1 on, and takes no notice of more.
      child.kill('SIGUSR1');
      return inspected.promise;
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
