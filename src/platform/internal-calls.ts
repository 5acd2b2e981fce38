// Calls from role to role over HTTP, with the internal credential, on connections that are kept.
// Nothing is sent twice here: whoever asked decides about a retry.
import { Pool } from 'undici';
import { ProblemError, type Problem } from '../contracts/problems.ts';

const connectTimeoutMs = 1_000;

export interface InternalCalls extends AsyncDisposable {
  /**
   * Resolves to the body of an answer with 200.
   * @throws ProblemError `overloaded` as there; for all else `unavailable`, with its cause.
   */
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
}

export interface InternalCallsOptions {
  /** Whom we call, for the words of an error. */
  readonly name: string;
  /** Base URL; connects when it is first used. */
  readonly url: string;
  readonly secret: string;
  readonly connectionsMax: number;
  /** Calls under way, those that wait for a connection included. */
  readonly callsMax: number;
  readonly answerTimeoutMs: number;
}

export function openInternalCalls(options: InternalCallsOptions): InternalCalls {
  const { name, callsMax, connectionsMax, answerTimeoutMs } = options;
  const { origin, pathname } = new URL(options.url);
  const base = pathname.replace(/\/$/, '');
  const pool = new Pool(origin, {
    connections: connectionsMax,
    connect: { timeout: connectTimeoutMs },
    headersTimeout: answerTimeoutMs,
    bodyTimeout: answerTimeoutMs,
  });
  const authorization = `Bearer ${options.secret}`;
  let calls = 0;

  return {
    async call<T>(method: string, path: string, body?: unknown) {
      if (calls >= callsMax)
        throw new ProblemError('overloaded', `Too many calls wait for the ${name}.`);
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
        throw refusal(name, json as Problem);
      } catch (error) {
        if (error instanceof ProblemError) throw error;
        throw unavailable(`The ${name} cannot be reached; retry with the same key.`, error);
      } finally {
        calls -= 1;
      }
    },
    // Whoever still waits was given up by the drain.
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

/** `overloaded` means the same here as there; all else is between the roles, and not the client's. */
function refusal(name: string, answer: Problem): ProblemError {
  if (answer.code === 'overloaded') return new ProblemError('overloaded', answer.detail);
  if (answer.code === 'unavailable') return new ProblemError('unavailable', answer.detail);
  return unavailable(`The ${name} refused the call (${answer.status}).`, answer);
}

function unavailable(detail: string, cause: unknown): ProblemError {
  const error = new ProblemError('unavailable', detail);
  error.cause = cause;
  return error;
}
