// The phone app has packages and a lockfile of its own, so that neither `npm start` nor `npm ci` of
// Atlas brings Expo's hundreds. The tests install them, once for each lockfile.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = join(import.meta.dirname, '..', '..', 'apps', 'mobile');
const stamp = join(folder, 'node_modules', '.atlas-lockfile');

let installed: Promise<string | undefined> | undefined;

/** The app's folder, with all its packages in it; undefined when npm cannot get them. */
export function installedApp(): Promise<string | undefined> {
  installed ??= install();
  return installed;
}

async function install(): Promise<string | undefined> {
  const lockfile = await readFile(join(folder, 'package-lock.json'));
  const wanted = createHash('sha256').update(lockfile).digest('hex');
  const present = await readFile(stamp, 'utf8').catch(() => undefined);
  if (present === wanted) return folder;
  console.log('# installing the packages of apps/mobile by npm ci');
  try {
    await run('npm', ['ci', '--no-progress'], { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
  } catch (error) {
    console.error((error as { stderr?: string }).stderr ?? error);
    return undefined;
  }
  await writeFile(stamp, wanted);
  return folder;
}
