// The phone app as Expo builds it for browsers, Android and iOS, with no network and no SDK of a phone: once for
// all test files of a run. It has names for the roles in it; whoever opens it says where those are.
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { engineFolder } from '../engines/server.ts';
import { installedApp } from './install.ts';

const run = promisify(execFile);

/** Where the app looks for Atlas. */
export const bases = {
  gateway: 'http://gateway.atlas.test',
  ledger: 'http://ledger.atlas.test',
  realtime: 'http://realtime.atlas.test',
} as const;

/** The folder of the exports, which ends with this process; undefined when npm cannot get the packages. */
export async function exportedApp(): Promise<string | undefined> {
  const app = await installedApp();
  if (app === undefined) return undefined;
  const out = await engineFolder('phone');
  await expo(app, ['export', '--platform', 'all', '--output-dir', out], {
    EXPO_PUBLIC_GATEWAY_BASE: bases.gateway,
    EXPO_PUBLIC_LEDGER_BASE: bases.ledger,
    EXPO_PUBLIC_REALTIME_BASE: bases.realtime,
  });
  return out;
}

/** Writes the projects that Xcode and Gradle build, `ios` and `android`, into `folder`. */
export async function writeNativeProjects(app: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of ['app.json', 'assets', 'index.ts', 'package.json']) {
    await cp(join(app, name), join(folder, name), { recursive: true });
  }
  await symlink(join(app, 'node_modules'), join(folder, 'node_modules'));
  await expo(folder, ['prebuild', '--no-install'], {});
}

async function expo(cwd: string, args: string[], settings: Record<string, string>): Promise<void> {
  const program = join(cwd, 'node_modules', 'expo', 'bin', 'cli');
  await run(process.execPath, [program, ...args], {
    cwd,
    maxBuffer: 16 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CI: '1',
      EXPO_OFFLINE: '1',
      EXPO_NO_TELEMETRY: '1',
      ...settings,
    },
  });
}
