// Starts a reader of the feed in a process of its own and asks it for its counts.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface ReaderTask {
  /** A whole replica with the kafka feed, or one half of one with slots. */
  readonly part: 'kafka' | 'owner' | 'listener';
  readonly watched: number;
  readonly accounts: number;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ReaderCounts {
  /** Updates that came in. */
  readonly heard: number;
  readonly cpuUs: number;
}

export interface Reader extends AsyncDisposable {
  counts(): Promise<ReaderCounts>;
  /** Resolves when nothing comes in any more. */
  quiet(): Promise<void>;
}

const quietMs = 1_000;

/** Resolves when it reads. */
export async function startReader(task: ReaderTask): Promise<Reader> {
  const child = fork(new URL('reader.ts', import.meta.url), [JSON.stringify(task)]);
  await once(child, 'message');
  const counts = async (): Promise<ReaderCounts> => {
    child.send('counts');
    return ((await once(child, 'message')) as [ReaderCounts])[0];
  };
  return {
    counts,
    async quiet() {
      let before = -1;
      for (let now = 0; now !== before;) {
        await delay(quietMs);
        before = now;
        now = (await counts()).heard;
      }
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
