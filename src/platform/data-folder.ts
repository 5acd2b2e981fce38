// Makes ATLAS_DATA. Not by Node's recursive mkdir: where the system says that the parent is missing
// although it is there (in /proc), that one tries for ever.
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Makes the folder and its parents where they are missing. @throws Error with one clear line. */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await make(resolve(folder));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new Error(`The folder ${folder} cannot be made (${code ?? message}); set ATLAS_DATA`, {
      cause: error,
    });
  }
}

async function make(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (dirname(path) !== path) await make(dirname(path));
  try {
    await mkdir(path);
  } catch (error) {
    // Another process may have been faster.
    if (!(await isFolder(path))) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
