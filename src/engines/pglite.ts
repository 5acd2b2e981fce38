// The embedded book: PGlite (Postgres in WebAssembly) on a folder, in a worker so that its work does
// not block the event loop, behind a lock file because two processes on one folder lose rows.
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { openPool, type Database } from './database.ts';
import { makeDataFolder } from '../platform/data-folder.ts';
import { lockFolder } from './folder-lock.ts';

/** Opens (or creates) the book in `folder`. One process at a time; one connection. */
export async function openPglite(folder: string): Promise<Database> {
  await makeDataFolder(folder);
  const lock = await lockFolder(folder);
  const worker = new Worker(new URL('pglite-worker.ts', import.meta.url), {
    workerData: { folder: join(folder, 'book') },
  });
  try {
    await answered(worker);
  } catch (error) {
    await worker.terminate();
    await lock[Symbol.asyncDispose]();
    throw error;
  }
  const end = endOf(worker);
  const database = openPool({
    engine: 'pglite',
    connectionsMax: 1,
    client: {
      user: 'postgres',
      database: 'postgres',
      ssl: false,
      stream: () => new WorkerStream(worker),
    },
    async closed() {
      end.expected = true;
      if (worker.threadId !== endedThread) {
        worker.postMessage('close');
        await answered(worker).catch(() => {});
        await worker.terminate();
      }
      await lock[Symbol.asyncDispose]();
    },
  });
  return { ...database, gone: end.unexpected };
}

/** The worker's end, and whether somebody asked for it. */
function endOf(worker: Worker) {
  const unexpected = Promise.withResolvers<string>();
  const end = { expected: false, unexpected: unexpected.promise };
  let reason = '';
  worker.on('error', (error) => {
    reason = `: ${String(error)}`;
  });
  worker.once('exit', () => {
    if (!end.expected) unexpected.resolve(`The embedded book has stopped${reason}`);
  });
  return end;
}

/** The worker's first message after start or after 'close': ready, or an error in words. */
function answered(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('The embedded book has stopped'));
    worker.once('error', reject);
    worker.once('exit', ended);
    worker.once('message', (message: { ready: boolean; error?: string }) => {
      worker.off('error', reject);
      worker.off('exit', ended);
      if (message.ready) resolve();
      else reject(new Error(message.error));
    });
  });
}

/** The id of a thread that is no more. */
const endedThread = -1;

/** What `pg` takes for a socket: frontend messages go to the worker, its answers come back. */
class WorkerStream extends Duplex {
  readonly #worker: Worker;
  readonly #onMessage = (bytes: Uint8Array) => {
    if (bytes instanceof Uint8Array) this.push(Buffer.from(bytes));
  };

  readonly #onExit = () => this.destroy(new Error('Connection terminated: the book has stopped'));

  constructor(worker: Worker) {
    super();
    this.#worker = worker;
    worker.on('message', this.#onMessage);
    worker.once('exit', this.#onExit);
  }

  connect(): this {
    if (this.#worker.threadId === endedThread) {
      queueMicrotask(this.#onExit);
      return this;
    }
    this.#worker.postMessage('connect');
    queueMicrotask(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#worker.postMessage(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#worker.off('message', this.#onMessage);
    this.#worker.off('exit', this.#onExit);
    done(error);
  }
}
