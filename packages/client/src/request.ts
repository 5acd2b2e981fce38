// A call with everything that belongs to it: its token, its tries, and one more with a better token
// when the server no longer takes this one.
import { AtlasError } from './atlas-error.ts';
import { attempt, type Answer, type AttemptParts, type Call } from './attempt.ts';
import { withRetries, type CallOptions, type RetryParts } from './retries.ts';
import type { Tokens } from './tokens.ts';

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
  const token = await parts.tokens.current();
  try {
    return await attempt(parts, call, { token, timeoutMs, signal });
  } catch (error) {
    if (!(error instanceof AtlasError) || error.code !== 'unauthenticated') throw error;
    const other = await parts.tokens.instead(token);
    if (other === undefined) throw error;
    return attempt(parts, call, { token: other, timeoutMs, signal });
  }
}
