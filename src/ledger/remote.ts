// Balances from a ledger in another process, with the caller's own token, so that the ledger decides
// what may be read.
import { decodeJwt } from 'jose';
import { Pool } from 'undici';
import { balanceFromBody, type BalanceBody, type BalanceReader } from '../contracts/balances.ts';
import { ProblemError, type Problem } from '../contracts/problems.ts';
import { Guard, type GuardLimits } from '../platform/guards/guard.ts';
import type { Guards } from '../platform/guards/guards.ts';
import { RetryBudget } from '../platform/guards/retry-budget.ts';
import { oncePassed } from '../platform/pressure/once-passed.ts';

const connectionsMax = 32;
/** Short, as a screen waits for the answer: a connection that has died without a word costs no more. */
const answerTimeoutMs = 1_000;
const attemptsMax = 2;
const connectTimeoutMs = 1_000;
const bodyBytesMax = 64 * 1024;
/** In metrics and logs. */
const name = 'ledger_balances';

export const balanceLimits: GuardLimits = {
  atOnceMax: connectionsMax,
  waitingMax: 1_024,
  timeoutMs: attemptsMax * (answerTimeoutMs + connectTimeoutMs),
  /** Twice what is under way: that all of it is late once, as on a busy machine, turns nobody away. */
  failuresMax: 2 * connectionsMax,
  openMs: 500,
};

/** @param url of the ledger role, without a slash at its end. */
export function connectBalances(url: string, guards: Guards): BalanceReader & AsyncDisposable {
  const guard = guards.add(
    new Guard({
      name,
      of: 'the ledger',
      limits: balanceLimits,
      isFailure: (error) => !(error instanceof ProblemError),
    }),
  );
  const retries = guards.addBudget(new RetryBudget({ name, savedMax: connectionsMax }));
  const open = () =>
    new Pool(url, {
      connections: connectionsMax,
      connectTimeout: connectTimeoutMs,
      maxResponseSize: bodyBytesMax,
    });
  let pool = open();

  /** Where one connection has died without a word the others have too: a new set is asked, once. */
  async function get(path: string, token: string): Promise<Answer> {
    retries.earn();
    for (let attempt = 1; ; attempt += 1) {
      const asked = pool;
      try {
        return await ask(asked, path, token);
      } catch (error) {
        const silent = error instanceof Silent;
        if (silent && pool === asked) {
          pool = open();
          void asked.close().catch(() => {});
        }
        if (!silent || attempt === attemptsMax || !retries.take()) throw error;
      }
    }
  }

  return {
    async read(token, accountId) {
      const path = `/ledger/accounts/${encodeURIComponent(accountId)}/balance`;
      const { status, body } = await guard.run(() => get(path, token));
      if (status !== 200) throw problemOf(body);
      // The ledger has verified the token; its tenant is the only one that it answers for.
      return balanceFromBody(String(decodeJwt(token)['tenant']), body as BalanceBody);
    },
    [Symbol.asyncDispose]: () => {
      guards.remove(guard);
      guards.remove(retries);
      return pool.destroy();
    },
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(pool: Pool, path: string, token: string): Promise<Answer> {
  const late = new AbortController();
  const stop = oncePassed(nowMs, answerTimeoutMs, () =>
    late.abort(new Silent(`No answer within ${answerTimeoutMs} ms`)),
  );
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path,
      headers: { authorization: `Bearer ${token}` },
      signal: late.signal,
    });
    return { status: statusCode, body: await body.json() };
  } finally {
    stop();
  }
}

class Silent extends Error {}

const nowMs = () => performance.now();

function problemOf(body: unknown): ProblemError {
  const { code, detail } = body as Partial<Problem>;
  if (code === undefined) return new ProblemError('unavailable', 'The ledger did not answer.');
  return new ProblemError(code, detail ?? '');
}
