// Runs roles until the process is asked to stop, or a role says that it may not go on.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProcessContext, type ProcessContext } from '../platform/context.ts';
import type { RoleName } from '../platform/role.ts';
import type { Settings } from '../platform/settings.ts';
import { endAfterDrain, terminated } from '../platform/shutdown.ts';
import { startRoles, type RunningRoles } from '../roles.ts';

const consoleFolder = fileURLToPath(new URL('../../apps/console/dist', import.meta.url));

export interface ServeOptions {
  readonly settings: Settings;
  readonly names: ReadonlySet<RoleName>;
  /** `atlas up`: tokens by the development key unless a provider is set. */
  readonly development: boolean;
  /** What to print before `atlas ready`. */
  greeting(context: ProcessContext, roles: RunningRoles): Promise<string> | string;
}

/** Resolves to the exit code: 0 after a signal, 1 after a failure; everything is closed by then. */
export async function serve(options: ServeOptions): Promise<number> {
  const stop = terminated();
  const { settings, names, development } = options;
  const context = await createProcessContext(settings, { development });
  await using roles = await startRoles(context, {
    names,
    consoleFolder: existsSync(consoleFolder) ? consoleFolder : undefined,
  });
  process.stdout.write(`${await options.greeting(context, roles)}\natlas ready\n`);
  const failure = await Promise.race([stop.then(() => undefined), roles.failed]);
  process.stderr.write(`atlas: ${failure ?? 'draining'}\n`);
  const exitCode = failure === undefined ? 0 : 1;
  endAfterDrain(settings.ATLAS_DRAIN_MS, exitCode);
  return exitCode;
}
