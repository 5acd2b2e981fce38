// How long a caller waits: `Request-Timeout` in seconds, or a default. Work whose caller no longer waits
// is refused wherever it is found, because it would only delay the work that somebody waits for.
import type { IncomingHttpHeaders } from 'node:http';
import { requestTimeoutMs, requireRequestTimeoutMs } from '../../platform/request-timeout.ts';

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
export function requireTimeoutMs(
  headers: IncomingHttpHeaders,
  { defaultMs, maxMs }: DeadlineOptions,
): number {
  return Math.min(requireRequestTimeoutMs(headers) ?? defaultMs, maxMs);
}
