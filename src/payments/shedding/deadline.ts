// How long a caller waits: `Request-Timeout` in seconds, or a default. Work whose caller no longer waits
// is refused wherever it is found, because it would only delay the work that somebody waits for.
import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { ProblemError } from '../../contracts/problems.ts';
import { requestTimeoutForm, requestTimeoutMs } from '../../platform/request-timeout.ts';

/** For the documentation: the entrance has read it before a schema is asked. */
export const RequestTimeout = Type.Optional(
  Type.String({
    pattern: requestTimeoutForm.source,
    description: 'Seconds that the caller waits; what has not begun by then is not begun at all',
  }),
);

export interface DeadlineOptions {
  /** Where the caller says nothing. */
  readonly defaultMs: number;
  /** Longer waits count as this one. */
  readonly maxMs: number;
}

/** The caller's patience; undefined: the header is not a time. */
export function timeoutMsOf(
  headers: IncomingHttpHeaders,
  { defaultMs, maxMs }: DeadlineOptions,
): number | undefined {
  const givenMs = requestTimeoutMs(headers) ?? defaultMs;
  return Number.isNaN(givenMs) ? undefined : Math.min(givenMs, maxMs);
}

/** @throws ProblemError `invalid_request` */
export function requireTimeoutMs(headers: IncomingHttpHeaders, options: DeadlineOptions): number {
  const timeoutMs = timeoutMsOf(headers, options);
  if (timeoutMs !== undefined) return timeoutMs;
  const message = 'must be a number of seconds, as in 2 or 0.25';
  const errors = [{ path: 'headers/request-timeout', message }];
  throw new ProblemError('invalid_request', `headers/request-timeout ${message}`, { errors });
}
