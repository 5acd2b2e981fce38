// After the event log has lost something, the book is asked: every watched account is read again, so
// that the last value on every screen is the book's, whatever was missed.
import { setTimeout as delay } from 'node:timers/promises';
import { balanceBody, type BalanceReader } from '../contracts/balances.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { FanOut } from './fan-out.ts';
import { forEachAtMost } from './for-each-at-most.ts';
import type { Latest } from './latest.ts';
import { limits } from './limits.ts';

export interface Refresh extends AsyncDisposable {
  /** Reads all watched accounts again; a call while that goes on is followed by another round. */
  start(): void;
}

export function createRefresh({
  fanOut,
  balances,
}: {
  readonly fanOut: FanOut;
  readonly balances: BalanceReader;
}): Refresh {
  const stopping = new AbortController();
  const { signal } = stopping;
  let wanted = false;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (wanted && !signal.aborted) {
      wanted = false;
      await forEachAtMost(limits.refreshReadsMax, [...fanOut.watched()], refreshOne);
    }
    running = undefined;
  }

  /** Repeats until one of the tokens has read it, or nobody watches it any more. */
  async function refreshOne(latest: Latest): Promise<void> {
    while (!signal.aborted) {
      let again = false;
      for (const { watcher } of latest.watchers) {
        const accountId = latest.key.slice(watcher.tenant.length + 1);
        try {
          const balance = await balances.read(watcher.token, accountId);
          fanOut.offer(watcher.tenant, { ...balanceBody(balance), entryId: null });
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
    start() {
      wanted = true;
      running ??= run();
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}

/** The token may not read it (any more): another one may. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  return ['unauthenticated', 'forbidden', 'account_not_found'].includes(error.code);
}
