// Waits for a version: for a client that heard of a transfer (by push, or from someone else) and asks
// for a balance that has it. Nothing here can be older than an acknowledgement, so it is a short wait.
import type { Balance } from '../contracts/balances.ts';
import type { Balances } from './balances.ts';
import { ProblemError } from '../contracts/problems.ts';

const waitMs = 1_000;
const firstPauseMs = 10;
const longestPauseMs = 100;
const waitersMax = 1_000;

/** Resolves with the balance as it is, at or below `minVersion`, after a second at most. */
export function waitForVersions(balances: Balances) {
  let waiters = 0;

  async function wait(
    tenant: string,
    accountId: string,
    minVersion: number,
  ): Promise<Balance | undefined> {
    let balance = await balances.read(tenant, accountId);
    if (balance === undefined || balance.version >= minVersion) return balance;
    if (waiters >= waitersMax) {
      throw new ProblemError('overloaded', 'Too many requests wait for a version; try again.', {
        retryAfterSeconds: 1,
      });
    }
    waiters += 1;
    try {
      const giveUpAt = performance.now() + waitMs;
      let pauseMs = firstPauseMs;
      while (balance !== undefined && balance.version < minVersion) {
        const leftMs = giveUpAt - performance.now();
        if (leftMs <= 0) break;
        await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, leftMs)));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        balance = await balances.read(tenant, accountId);
      }
      return balance;
    } finally {
      waiters -= 1;
    }
  }

  return (tenant: string, accountId: string, minVersion: number) =>
    minVersion === 0 ? balances.read(tenant, accountId) : wait(tenant, accountId, minVersion);
}
