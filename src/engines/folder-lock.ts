// One process per data folder. The lock is a listening socket, which the operating system takes away
// with the process however it ends: a pid file would outlive a kill -9 or name a stranger.
//
// Every process that wants the folder listens under a name of its own beside it and then looks for the
// others; only names on which nobody listens are removed, and none is used twice. Whichever of two
// began to listen later sees the other, so two never hold the folder; one always gets it, as of two
// that ask at the same time the later name yields, and the earlier one waits for that.
import { createHash, randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A process that takes connections and says nothing in this time is stopped, but alive. */
const answerTimeoutMs = 1_000;
const askAgainMs = 10;
/** Longest name of a socket that every system takes. */
const addressBytesMax = 100;

/** Another process holds the folder; the message is one clear line. */
export class FolderInUse extends Error {}

/** @throws FolderInUse when another process holds the folder. */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const lock = process.platform === 'win32' ? await takePipe(folder) : await takeSocket(folder);
  if (lock !== undefined) return lock;
  throw new FolderInUse(
    `The data folder ${folder} is in use by another atlas process; stop it first`,
  );
}

/** A named pipe ends with its process and leaves nothing behind. */
async function takePipe(folder: string): Promise<AsyncDisposable | undefined> {
  try {
    const server = await listen(`\\\\.\\pipe\\atlas-${nameOf(folder)}`, () => 'held');
    return { [Symbol.asyncDispose]: () => close(server) };
  } catch (error) {
    if ((error as { code?: string }).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

async function takeSocket(folder: string): Promise<AsyncDisposable | undefined> {
  const prefix = socketPrefix(folder);
  const address = prefix + randomBytes(6).toString('hex');
  let state: State = 'asking';
  // Listening before it has its name: what is found under a name and does not answer is dead.
  const draft = `${address}~`;
  const server = await listen(draft, () => state);
  await rename(draft, address);
  const lock = {
    async [Symbol.asyncDispose]() {
      await rm(address, { force: true });
      await close(server);
    },
  };
  if (await isFirst(prefix, address)) {
    state = 'held';
    return lock;
  }
  await lock[Symbol.asyncDispose]();
  return undefined;
}

/** False when another one holds the folder, or asks for it with an earlier name. */
async function isFirst(prefix: string, address: string): Promise<boolean> {
  for (const name of await readdir(dirname(prefix))) {
    const other = join(dirname(prefix), name);
    if (!name.startsWith(basename(prefix)) || name.endsWith('~') || other === address) continue;
    for (;;) {
      const state = await stateOf(other);
      if (state === 'held' || (state === 'asking' && other < address)) return false;
      if (state === 'dead') break;
      await delay(askAgainMs);
    }
    await rm(other, { force: true });
  }
  return true;
}

/** In the folder unless its path is too long; the sockets' names begin so. */
function socketPrefix(folder: string): string {
  const inside = join(realpathSync(folder), 'lock-');
  const fits = Buffer.byteLength(inside) + 16 <= addressBytesMax;
  return fits ? inside : `/tmp/atlas-${nameOf(folder)}-`;
}

function nameOf(folder: string): string {
  return createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 24);
}

type State = 'asking' | 'held' | 'dead';

function listen(address: string, state: () => State): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(state());
    });
    server.once('error', reject);
    server.listen(address, () => {
      server.unref();
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function stateOf(address: string): Promise<State> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.setTimeout(answerTimeoutMs, () => {
      resolve('held');
      socket.destroy();
    });
    socket.once('data', (bytes) => resolve(bytes.toString() as State));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      // Where nobody listens, or the name is gone; any other reason must not cost a live one its lock.
      resolve(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'dead' : 'held');
    });
    socket.once('close', () => resolve('asking'));
  });
}
