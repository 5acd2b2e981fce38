// Roles as processes of their own, as in production, so that a test can kill one and start it again.
// They share real engines and one folder of development keys, and keep their ports over a restart.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { developmentKeys, type DevelopmentClaims } from '../../src/platform/development-keys.ts';
import { bareEnvironment } from '../bare-environment.ts';
import { freePort } from '../engines/server.ts';
import { forget, reap } from '../engines/index.ts';
import { calm, Client, tokenOf, type Environment } from '../system.ts';

const program = fileURLToPath(new URL('../../src/atlas.ts', import.meta.url));
const readyWithinMs = 60_000;

export interface RoleProcess extends AsyncDisposable {
  readonly pid: number;
  /** Base URL of each of its roles; the same after a restart. */
  readonly urls: Readonly<Record<string, string>>;
  /** Resolves to the exit code, where the process ends with one. */
  kill(signal: NodeJS.Signals): Promise<number | undefined>;
  /** Starts it again, after it has ended. */
  restart(): Promise<void>;
  /** What it has written to standard error. */
  readonly errors: readonly string[];
}

export interface Cluster extends AsyncDisposable {
  /** Starts the named roles in one process; `environment` is added to the cluster's. */
  start(roles: readonly string[], environment?: Environment): Promise<RoleProcess>;
  client(gateway: string, claims?: Partial<DevelopmentClaims>): Promise<Client>;
  token(claims?: Partial<DevelopmentClaims>): Promise<string>;
}

/** @param engines settings that name the engines, shared by all processes */
export async function startCluster(engines: Environment): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'atlas-cluster-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keys = await developmentKeys(folder);
  const shared: Environment = {
    ...engines,
    ATLAS_DATA: folder,
    ATLAS_DEV: '1',
    ATLAS_LOG_LEVEL: 'error',
    LS_RATE_PER_SEC: '100000',
    ...calm,
    LS_BURST: '100000',
  };
  const resources = stack.move();
  return {
    async start(roles, environment = {}) {
      return resources.use(await startProcess(roles, { ...shared, ...environment }));
    },
    client: async (gateway, claims) => new Client({ gateway }, await tokenOf(keys, claims)),
    token: (claims) => tokenOf(keys, claims),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function startProcess(
  roles: readonly string[],
  environment: Environment,
): Promise<RoleProcess> {
  const ports: Environment = {};
  const urls: Record<string, string> = {};
  for (const role of roles) {
    const port = await freePort();
    ports[`ATLAS_${role.toUpperCase()}_PORT`] = String(port);
    urls[role] = `http://127.0.0.1:${port}`;
  }
  const errors: string[] = [];
  let ending: ChildProcess | undefined;
  let child = await run();

  async function run(): Promise<ChildProcess> {
    const started = spawn(process.execPath, [program, ...roles], {
      env: { ...bareEnvironment, ...environment, ...ports },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    reap(started.pid!);
    createInterface(started.stderr).on('line', (line) => errors.push(line));
    await ready(started, roles, errors);
    started.once('exit', (code, signal) => {
      if (started !== ending) process.stderr.write(unexpectedEnd(roles, code ?? signal, errors));
    });
    return started;
  }

  async function kill(signal: NodeJS.Signals): Promise<number | undefined> {
    if (child.exitCode !== null || child.signalCode !== null) return undefined;
    const ended = once(child, 'exit');
    if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') ending = child;
    child.kill(signal);
    // A stopped or continued process does not end.
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') return undefined;
    await ended;
    forget(child.pid!);
    return child.exitCode ?? undefined;
  }

  return {
    get pid() {
      return child.pid!;
    },
    urls,
    errors,
    kill,
    async restart() {
      child = await run();
    },
    async [Symbol.asyncDispose]() {
      await kill('SIGKILL');
    },
  };
}

function unexpectedEnd(
  roles: readonly string[],
  how: number | string | null,
  errors: readonly string[],
): string {
  return [`${roles.join('+')} ended by itself (${how})`, ...errors.slice(-20), ''].join('\n');
}

async function ready(
  child: ChildProcess,
  roles: readonly string[],
  errors: readonly string[],
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) =>
      reject(new Error(`${roles.join('+')} ${why}: ${errors.slice(-3).join(' | ')}`));
    const timer = setTimeout(() => fail('was not ready in time'), readyWithinMs);
    child.once('exit', (code) => fail(`ended with ${code}`));
    createInterface(child.stdout!).on('line', (line) => {
      if (line !== 'atlas ready') return;
      clearTimeout(timer);
      resolve();
    });
  });
}
