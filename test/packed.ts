// A package as npm takes it, packed by its own scripts. They change its manifest for a moment, so that is done
// in a copy: others run from the sources meanwhile.
import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const shared = ['bin', 'node_modules', 'tsconfig.json', 'packages/pack.ts'];

export interface Packed {
  /** The path of the tarball. */
  readonly tarball: string;
  /** The folder that it was packed in. */
  readonly copy: string;
}

/** Packs packages/NAME into the folder. */
export async function packed(name: string, into: string): Promise<Packed> {
  const repository = join(into, 'repository');
  const copy = join(repository, 'packages', name);
  await mkdir(copy, { recursive: true });
  for (const each of shared) await symlink(join(root, each), join(repository, each));
  await cp(join(root, 'packages', name), copy, {
    recursive: true,
    filter: (path) => !['node_modules', 'dist'].includes(basename(path)),
  });
  const npm = ['pack', '--pack-destination', into];
  const { stdout } = await promisify(execFile)('npm', npm, { cwd: copy });
  return { tarball: join(into, stdout.trim().split('\n').at(-1)!), copy };
}
