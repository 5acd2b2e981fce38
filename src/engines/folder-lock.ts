// One process per data folder. The lock is a listening socket, which the operating system takes away
// with the process however it ends: a pid file would outlive a kill -9 or name a stranger.
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';

/** Another process holds the folder; the message is one clear line. */
export class FolderInUse extends Error {}

/** @throws FolderInUse when another process holds the folder. */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const address = lockAddress(folder);
  let server: Server;
  try {
    server = await listen(address);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EADDRINUSE') throw error;
    if (await someoneAnswers(address)) {
      throw new FolderInUse(
        `The data folder ${folder} is in use by another atlas process; stop it first`,
      );
    }
    await rm(address, { force: true });
    server = await listen(address);
  }
  server.unref();
  return {
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A named pipe on Windows; elsewhere a socket file, in the folder unless its path is too long. */
function lockAddress(folder: string): string {
  const real = realpathSync(folder);
  const name = createHash('sha256').update(real).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\atlas-${name}`;
  const inside = join(real, 'lock');
  return Buffer.byteLength(inside) <= 100 ? inside : `/tmp/atlas-${name}.lock`;
}

function listen(address: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', reject);
    server.listen(address, () => resolve(server));
  });
}

function someoneAnswers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
