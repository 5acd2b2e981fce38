// How long somebody waits for a read: until the connection closes, or the time in `Request-Timeout` is over.
// What nobody waits for is not begun, or cancelled in the database, so that its place is free.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../contracts/problems.ts';
import { requireRequestTimeoutMs } from '../platform/request-timeout.ts';

/**
 * Aborted when nobody waits any longer.
 * @throws ProblemError `invalid_request` where Request-Timeout is no time; `overloaded` where it is over
 */
export function waiting(
  { headers }: Pick<FastifyRequest, 'headers'>,
  reply: FastifyReply,
): AbortSignal {
  const waits = new AbortController();
  const { raw } = reply;
  const timeoutMs = requireRequestTimeoutMs(headers);
  if (timeoutMs !== undefined && timeoutMs <= reply.elapsedTime) throw late();
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => waits.abort(late()), timeoutMs - reply.elapsedTime);
  raw.once('close', () => {
    clearTimeout(timer);
    if (!raw.writableFinished) waits.abort(new ProblemError('unavailable', 'The caller has gone.'));
  });
  return waits.signal;
}

function late(): ProblemError {
  return new ProblemError('overloaded', 'The time in Request-Timeout is over.', {
    retryAfterSeconds: 1,
  });
}
