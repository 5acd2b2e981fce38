// `Request-Timeout`: the seconds that a caller waits. The gateway and the roles read it alike.
import type { IncomingHttpHeaders } from 'node:http';
import { Type } from 'typebox';
import { ProblemError } from '../contracts/problems.ts';

const requestTimeoutForm = /^\d{1,9}(\.\d{1,9})?$/;

/** For the documentation: it is read before a schema is asked. */
export const RequestTimeout = Type.Optional(
  Type.String({
    pattern: requestTimeoutForm.source,
    description: 'Seconds that the caller waits; what has not begun by then is not begun at all',
  }),
);

/** No caller waits longer, and timers end at 24 days. */
const longestMs = 86_400_000;

/** In milliseconds; undefined: the caller does not say; NaN: what it says is no time. */
export function requestTimeoutMs(headers: IncomingHttpHeaders): number | undefined {
  const given = headers['request-timeout'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !requestTimeoutForm.test(given)) return Number.NaN;
  return Math.min(Number(given) * 1_000, longestMs);
}

/** @throws ProblemError `invalid_request` where what the caller says is no time */
export function requireRequestTimeoutMs(headers: IncomingHttpHeaders): number | undefined {
  const timeoutMs = requestTimeoutMs(headers);
  if (!Number.isNaN(timeoutMs)) return timeoutMs;
  const message = 'must be a number of seconds, as in 2 or 0.25';
  const errors = [{ path: 'headers/request-timeout', message }];
  throw new ProblemError('invalid_request', `headers/request-timeout ${message}`, { errors });
}
