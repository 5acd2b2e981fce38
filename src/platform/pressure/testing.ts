// Callers with a loop of their own, for what they meet while the loop of the test stands still.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface Calls {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Callers extends AsyncDisposable {
  /** Sends so many at once, each with a key of its own; what they were answered. */
  send(count: number): Promise<number[]>;
}

const source = `
  const { parentPort, workerData: { url, method, headers, body } } = require('node:worker_threads');
  let keys = 0;
  const call = async () => {
    const key = { 'idempotency-key': 'key-' + (keys += 1) };
    const answer = await fetch(url, { method, headers: { ...headers, ...key }, body });
    await answer.arrayBuffer();
    return answer.status;
  };
  parentPort.on('message', async (count) => {
    parentPort.postMessage(await Promise.all(Array.from({ length: count }, call)));
  });
`;

export function startCallers(calls: Calls): Callers {
  const worker = new Worker(source, { eval: true, workerData: calls });
  return {
    async send(count) {
      worker.postMessage(count);
      const [statuses] = (await once(worker, 'message')) as [number[]];
      return statuses;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}

/** The loop of this thread stands still. */
export function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
