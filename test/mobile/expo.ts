// The phone app as Expo builds it, with no network and no SDK of a phone.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mobileApp } from '../engines/index.ts';

const run = promisify(execFile);

export type Platform = 'web' | 'android' | 'ios';

/** Where the app looks for Atlas, as EXPO_PUBLIC_GATEWAY_BASE and the others. */
export interface Bases {
  readonly gateway: string;
  readonly ledger: string;
  readonly realtime: string;
}

/** Exports the app; the folder ends with the stack. */
export async function exportApp(
  stack: AsyncDisposableStack,
  platforms: readonly Platform[],
  bases?: Bases,
): Promise<string> {
  const app = await mobileApp();
  const out = await mkdtemp(join(tmpdir(), 'atlas-phone-'));
  stack.defer(() => rm(out, { recursive: true, force: true }));
  const chosen = platforms.flatMap((platform) => ['--platform', platform]);
  const expo = join(app, 'node_modules', 'expo', 'bin', 'cli');
  await run(process.execPath, [expo, 'export', ...chosen, '--output-dir', out], {
    cwd: app,
    maxBuffer: 16 * 1024 * 1024,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      CI: '1',
      EXPO_OFFLINE: '1',
      EXPO_NO_TELEMETRY: '1',
      ...(bases && {
        EXPO_PUBLIC_GATEWAY_BASE: bases.gateway,
        EXPO_PUBLIC_LEDGER_BASE: bases.ledger,
        EXPO_PUBLIC_REALTIME_BASE: bases.realtime,
      }),
    },
  });
  return out;
}
