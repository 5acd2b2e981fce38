// After the feed may have lost something, the book is asked: every watched account that it touches is
// read again, so that the last value on every screen is the book's, whatever was missed.
import { setTimeout as delay } from 'node:timers/promises';
import { ProblemError } from '../contracts/problems.ts';
import type { FanOut } from './fan-out.ts';
import { limits } from './limits.ts';
import type { Snapshots } from './snapshots.ts';
import type { Latest } from './watch.ts';

export interface Refresh extends AsyncDisposable {
  /**
   * Reads the watched accounts again that are touched, all where `touches` is left out; also one that
   * is being read now, as that read may have begun too early. Returns how many they are.
   */
  start(touches?: (accountId: string) => boolean): number;
}

/** All that is refreshed has one turn among the users: no subject is empty. */
const nobody = '';

export function createRefresh({
  fanOut,
  snapshots,
}: {
  readonly fanOut: FanOut;
  readonly snapshots: Snapshots;
}): Refresh {
  const stopping = new AbortController();
  const { signal } = stopping;
  const waiting = new Set<Latest>();
  const reading = new Set<Promise<void>>();

  function readMore(): void {
    for (const latest of waiting) {
      if (signal.aborted || reading.size >= limits.refreshReadsMax) return;
      waiting.delete(latest);
      const read = refreshOne(latest).finally(() => {
        reading.delete(read);
        readMore();
      });
      reading.add(read);
    }
  }

  /** Repeats until one of the tokens has read it, or nobody watches it any more. */
  async function refreshOne(latest: Latest): Promise<void> {
    while (!signal.aborted) {
      let again = false;
      for (const { watcher } of latest.watchers) {
        const { tenant, token } = watcher;
        try {
          const reader = { tenant, token, subject: nobody };
          fanOut.offer(tenant, await snapshots.read(reader, latest.accountId));
          return;
        } catch (error) {
          again ||= !isFinal(error);
        }
      }
      if (!again) return;
      await delay(limits.refreshRetryMs, undefined, { signal }).catch(() => {});
    }
  }

  return {
    start(touches = () => true) {
      let touched = 0;
      for (const latest of fanOut.watched()) {
        if (!touches(latest.accountId)) continue;
        waiting.add(latest);
        touched += 1;
      }
      readMore();
      return touched;
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await Promise.all(reading);
    },
  };
}

/** The token may not read it (any more): another one may. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  return ['unauthenticated', 'forbidden', 'account_not_found'].includes(error.code);
}
