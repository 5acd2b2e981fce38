// The core from another process: the same interface over HTTP at LEDGER_INTERNAL, on connections that
// are kept. Nothing is sent twice here: whoever asked knows the keys and decides about a retry.
import { Pool } from 'undici';
import type { Core } from '../contracts/core.ts';
import { ProblemError, type Problem } from '../contracts/problems.ts';
import type { TransferOutcome } from '../contracts/transfers.ts';
import {
  accountsPath,
  openedFromWire,
  requestToWire,
  storedFromWire,
  transfersPath,
  type WireOpened,
  type WireStored,
} from './internal-wire.ts';

const connectionsMax = 16;
const callsMax = 1_024;
const connectTimeoutMs = 1_000;
/** Longer than the hand-over's own patience, so that its message is the one that is seen. */
const answerTimeoutMs = 20_000;

/** Connects when it is first used; `url` is the core's base URL. */
export function connectCore(url: string, secret: string): Core & AsyncDisposable {
  const { origin, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  const authorization = `Bearer ${secret}`;
  let calls = 0;

  async function call<T>(method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<T> {
    if (calls >= callsMax)
      throw new ProblemError('overloaded', 'Too many calls wait for the core.');
    calls += 1;
    try {
      const answer = await pool.request({
        method,
        path: base + path,
        headers: {
          authorization,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const json = await answer.body.json();
      if (answer.statusCode === 200) return json as T;
      throw refusal(json as Problem);
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      throw unavailable('The core cannot be reached; retry with the same key.', error);
    } finally {
      calls -= 1;
    }
  }

  return {
    async post(requests) {
      const body = { requests: requests.map(requestToWire) };
      const { outcomes } = await call<{ outcomes: TransferOutcome[] }>('POST', transfersPath, body);
      return outcomes;
    },
    async find(tenant, by) {
      const query = new URLSearchParams({ tenant, ...by });
      const path = `${transfersPath}?${query.toString()}`;
      const { transfer } = await call<{ transfer: WireStored | null }>('GET', path);
      return transfer === null ? undefined : storedFromWire(transfer);
    },
    async openAccount(request) {
      const { minimumMinor } = request;
      const minimum = minimumMinor === null ? null : String(minimumMinor);
      const body = { ...request, minimumMinor: minimum };
      return openedFromWire(await call<WireOpened>('PUT', accountsPath, body));
    },
    // Whoever still waits was given up by the drain.
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** `overloaded` means the same here as there; all else is between the roles, and not the client's. */
function refusal(answer: Problem): ProblemError {
  if (answer.code === 'overloaded') return new ProblemError('overloaded', answer.detail);
  if (answer.code === 'unavailable') return new ProblemError('unavailable', answer.detail);
  return unavailable(`The core refused the call (${answer.status}).`, answer);
}

function unavailable(detail: string, cause: unknown): ProblemError {
  const error = new ProblemError('unavailable', detail);
  error.cause = cause;
  return error;
}
