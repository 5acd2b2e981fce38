// What the hub refuses by itself, before any of our own code is asked: requests that are wrong, and those that
// there is no room for. They are answered like all others here; what met a limit is counted and logged.
import type { HubOptions, RefusalReason as Limit } from '@atlas/signalr';
import { problem, problems, type ProblemCode } from '../contracts/problems.ts';
import type { Refusals } from './refusals.ts';

/** Other statuses are SignalR's own, and say all that there is to say. */
const codes: Readonly<Record<number, readonly [ProblemCode, detail: string]>> = {
  400: ['invalid_request', 'Not a request that a connection is made of: see docs/hub.md.'],
  403: ['forbidden', 'The connection is not one of this user.'],
  404: ['not_found', 'No such connection is known.'],
  405: ['method_not_allowed', 'A negotiation is POST, a connection GET, POST and DELETE.'],
  413: ['payload_too_large', 'The messages of a POST are too large together.'],
  500: ['internal', 'It was logged.'],
};

const details: Readonly<Record<Limit, string>> = {
  draining: 'This replica is about to end; connect again.',
  connections_full: 'This replica has as many connections as it takes.',
  admissions_full: 'Too many wait to be let in.',
  admission_late: 'The token could not be verified in time.',
  posts_full: 'Too many POSTs of this connection wait for their turn.',
};

export function createOnRefused(
  refusals: Pick<Refusals, 'count'>,
): NonNullable<HubOptions<never>['onRefused']> {
  return ({ status, reason, request }) => {
    const instance = request.url?.split('?', 1)[0];
    if (reason === undefined) {
      const known = codes[status];
      return known && problem(...known, { instance });
    }
    refusals.count(reason);
    const code = status === problems.rate_limited.status ? 'rate_limited' : 'overloaded';
    return problem(code, details[reason], { instance });
  };
}
