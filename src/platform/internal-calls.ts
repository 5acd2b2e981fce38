// Calls from role to role over HTTP, with the internal credential, on connections that are kept.
// Nothing is sent twice here: whoever asked decides about a retry. Each use of a role has connections and
// a guard of its own, so that slow look-ups keep no transfer waiting.
import { Pool } from 'undici';
import { ProblemError, type Problem } from '../contracts/problems.ts';
import { Guard } from './guards/guard.ts';
import type { Guards } from './guards/guards.ts';

const connectTimeoutMs = 1_000;
const failuresMax = 5;
/** Short: a role that starts again is found at once, and one that is down is asked four times a second. */
const openMs = 250;

export interface InternalCalls extends AsyncDisposable {
  /**
   * Resolves to the body of an answer with 200.
   * @throws ProblemError `overloaded` as there, or when too many wait here; for all else `unavailable`,
   *   with its cause.
   */
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

export interface InternalCallsOptions {
  /** Whom we call, for the words of an error. */
  readonly role: string;
  /** What for, in metrics and logs: `core_transfers`. */
  readonly name: string;
  readonly guards: Guards;
  /** Base URL; connects when it is first used. */
  readonly url: string;
  readonly secret: string;
  readonly connectionsMax: number;
  /** Calls under way, those that wait for a connection included. */
  readonly callsMax: number;
  readonly answerTimeoutMs: number;
}

export function openInternalCalls(options: InternalCallsOptions): InternalCalls {
  const { role, name, guards, callsMax, connectionsMax, answerTimeoutMs } = options;
  const { origin, pathname } = new URL(options.url);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  const guard = guards.add(
    new Guard({
      name,
      of: `the ${role}`,
      limits: {
        atOnceMax: connectionsMax,
        waitingMax: callsMax - connectionsMax,
        timeoutMs: answerTimeoutMs,
        failuresMax,
        openMs,
      },
      // It has answered where it refuses, in its own words.
      isFailure: (error) => !(error instanceof ProblemError),
    }),
  );
  const authorization = `Bearer ${options.secret}`;

  return {
    call: <T>(method: string, path: string, body?: unknown) =>
      guard.run(async () => {
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
        throw refusal(role, json as Problem);
      }),
    // Whoever still waits was given up by the drain.
    [Symbol.asyncDispose]: () => {
      guards.remove(guard);
      return pool.destroy();
    },
  };
}

/** `overloaded` means the same here as there; all else is between the roles, and not the client's. */
function refusal(role: string, answer: Problem): ProblemError {
  if (answer.code === 'overloaded') return new ProblemError('overloaded', answer.detail);
  if (answer.code === 'unavailable') return new ProblemError('unavailable', answer.detail);
  const detail = `The ${role} refused the call (${answer.status}).`;
  const error = new ProblemError('unavailable', detail);
  error.cause = answer;
  return error;
}
