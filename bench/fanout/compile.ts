// Compiles a C program of this folder: what must cost as little as possible, so that it is the measure
// and not the measured.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Wrong use, or a machine that lacks something: told in one line. */
export class CannotRun extends Error {}

/** Resolves to the program's path. @throws CannotRun where there is no C compiler. */
export function compile(name: string, folder: string): string {
  const program = join(folder, name);
  const source = join(import.meta.dirname, `${name}.c`);
  try {
    execFileSync('cc', ['-O2', '-o', program, source], { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new CannotRun('needs a C compiler (cc); there is none on the PATH', { cause: error });
  }
  return program;
}
