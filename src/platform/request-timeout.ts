// `Request-Timeout`: the seconds that a caller waits. The gateway and the roles read it alike.
import type { IncomingHttpHeaders } from 'node:http';

export const requestTimeoutForm = /^\d{1,9}(\.\d{1,9})?$/;

/** No caller waits longer, and timers end at 24 days. */
const longestMs = 86_400_000;

/** In milliseconds; undefined: the caller does not say; NaN: what it says is no time. */
export function requestTimeoutMs(headers: IncomingHttpHeaders): number | undefined {
  const given = headers['request-timeout'];
  if (given === undefined) return undefined;
  if (typeof given !== 'string' || !requestTimeoutForm.test(given)) return Number.NaN;
  return Math.min(Number(given) * 1_000, longestMs);
}
