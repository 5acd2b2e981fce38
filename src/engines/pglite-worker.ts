// Runs in the worker thread: takes the frontend bytes of one Postgres connection, cuts them at the
// points where the server must answer (Query, Sync, Flush), and hands each piece to PGlite.
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

const port = parentPort!;
const { folder } = workerData as { folder: string };
const answerPoints = new Set(['Q', 'S', 'H', 'p'].map((type) => type.charCodeAt(0)));
const terminate = 'X'.charCodeAt(0);

let book: PGlite;
let pending: Buffer = Buffer.alloc(0);
let started = false;
let turn: Promise<void> = Promise.resolve();

try {
  // The default of 128 MB is memory that nobody else can use; the files are cached by the system too.
  const startParams = [...PGlite.defaultStartParams, '-c', 'shared_buffers=32MB'];
  book = await PGlite.create({ dataDir: folder, startParams });
  port.postMessage({ ready: true });
} catch (error) {
  port.postMessage({
    ready: false,
    error: `The book in ${folder} cannot be opened: ${String(error)}`,
  });
}

port.on('message', (message: 'connect' | 'close' | Uint8Array) => {
  turn = turn.then(() => handle(message));
});

async function handle(message: 'connect' | 'close' | Uint8Array): Promise<void> {
  if (message === 'close') {
    await book.close();
    port.postMessage({ ready: true });
  } else if (message === 'connect') {
    pending = Buffer.alloc(0);
    started = false;
    // A new client on the one connection must not inherit what the last one left open.
    await book.exec('rollback');
    await book.exec('discard all');
  } else {
    pending = pending.length === 0 ? Buffer.from(message) : Buffer.concat([pending, message]);
    const cut = answerable();
    if (cut === 0) return;
    const bytes = pending.subarray(0, cut);
    pending = pending.subarray(cut);
    port.postMessage(await book.execProtocolRaw(bytes));
  }
}

/** How many of the pending bytes can be handed over: whole messages up to the last answer point. */
function answerable(): number {
  let offset = 0;
  let cut = 0;
  if (!started) {
    if (pending.length < 4 || pending.length < pending.readInt32BE(0)) return 0;
    offset = pending.readInt32BE(0);
    cut = offset;
    started = true;
  }
  while (offset + 5 <= pending.length) {
    const type = pending[offset]!;
    const end = offset + 1 + pending.readInt32BE(offset + 1);
    if (end > pending.length) break;
    if (type === terminate) {
      // The client leaves; the engine stays for the next one.
      pending = Buffer.alloc(0);
      return cut;
    }
    if (answerPoints.has(type)) cut = end;
    offset = end;
  }
  return cut;
}
