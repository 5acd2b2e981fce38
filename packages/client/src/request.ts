// A call with everything that belongs to it: its token, its tries, and one more with a better token
// when the server no longer takes this one.
import { AtlasError } from './atlas-error.ts';
import { attempt, type Answer, type AttemptParts, type Call } from './attempt.ts';
import { withRetries, type CallOptions, type RetryParts } from './retries.ts';
import type { Tokens } from './tokens.ts';
import { waitFor } from './wait-for.ts';

export interface RequestParts extends AttemptParts, RetryParts {
  readonly tokens: Tokens;
}

/** @throws AtlasError */
export type Request = (call: Call, options?: CallOptions) => Promise<Answer>;

export function createRequest(parts: RequestParts): Request {
  return (call, options = {}) =>
    withRetries(parts, options, (timeoutMs) =>
      tryWithToken(parts, call, timeoutMs, options.signal),
    );
}

export async function tryWithToken(
  parts: RequestParts,
  call: Call,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { tokens, clock } = parts;
  const endsAtMs = clock.now() + timeoutMs;
  const leftMs = () => Math.max(0, endsAtMs - clock.now());
  const inTime = <T>(work: Promise<T>) =>
    waitFor(work, { clock, timeoutMs: leftMs(), signal, late: noToken });
  const send = (token: string) => attempt(parts, call, { token, timeoutMs: leftMs(), signal });

  const token = await inTime(tokens.current());
  try {
    return await send(token);
  } catch (error) {
    if (!(error instanceof AtlasError) || error.code !== 'unauthenticated') throw error;
    const other = await inTime(tokens.instead(token));
    if (other === undefined) throw error;
    return send(other);
  }
}

function noToken(): AtlasError {
  return new AtlasError({
    code: 'unreachable',
    status: 0,
    title: 'Atlas cannot be reached',
    detail: 'No token came in time.',
    outcome: 'nothing',
  });
}
