// Installs Debian packages for the tests and says so. Only as root on Debian, where that is what an
// administrator (or a bare CI machine) would do by hand; nothing is started by it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, rm, writeFile } from 'node:fs/promises';
import { removeAtEnd } from './reaper.ts';

const policy = '/usr/sbin/policy-rc.d';
let queue: Promise<void> = Promise.resolve();
let updated: Promise<void> | undefined;

export async function canInstall(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return access('/etc/debian_version').then(
    () => true,
    () => false,
  );
}

/** One at a time, because apt takes a lock. */
export function install(packages: string[]): Promise<void> {
  const done = queue.then(() => installNow(packages));
  queue = done.catch(() => {});
  return done;
}

async function installNow(packages: string[]): Promise<void> {
  console.log(`# installing ${packages.join(', ')} by apt-get`);
  const forbidden = await forbidServices();
  try {
    updated ??= apt(['update']);
    await updated;
    await apt(['install', '-y', '--no-install-recommends', ...packages]);
  } finally {
    if (forbidden) await rm(policy, { force: true });
  }
}

/** The packages of servers start them on their usual ports unless a policy answers 101. A policy
 * that is there already is its owner's and stays. */
async function forbidServices(): Promise<boolean> {
  try {
    await writeFile(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  removeAtEnd(policy);
  return true;
}

async function apt(args: string[]): Promise<void> {
  const child = spawn('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=600', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  let output = '';
  for (const pipe of [child.stdout, child.stderr]) {
    pipe.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4_000)));
  }
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`apt-get ${args.join(' ')} failed:\n${output}`);
}
