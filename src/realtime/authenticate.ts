// Who may connect: the bearer of a valid token, as long as it is valid, with room among their other
// connections and on this replica. What they may see is asked at each subscription.
import type { Attempt, Authentication } from '@atlas/signalr';
import { ProblemError, problem } from '../contracts/problems.ts';
import type { Identity } from '../platform/identity.ts';
import { TokenRevoked, type TokenVerifier } from '../platform/tokens.ts';
import { whereFrom } from '../platform/where-from.ts';
import { recordedOf, type Caller } from './caller.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import type { Users } from './users.ts';

export interface Gate {
  readonly verifier: TokenVerifier;
  readonly users: Users;
  readonly refusals: Refusals;
  /** True while another connection would be one too many for this replica. */
  readonly full: () => boolean;
}

export function createAuthenticate({ verifier, users, refusals, full }: Gate) {
  return async ({ token, request, opens }: Attempt): Promise<Authentication<Caller>> => {
    const refuse = (error: ProblemError, reason: RefusalReason = error.code, who?: Identity) => {
      refusals.count(reason, who && { ...recordedOf(who), ...whereFrom(request) });
      const instance = request.url?.split('?', 1)[0];
      const body = problem(error.code, error.message, { instance });
      return { status: body.status, problem: body };
    };
    if (token === undefined) return refuse(new ProblemError('unauthenticated', 'Send a token.'));
    try {
      const identity = await verifier.verify(token);
      const tenant = request.headers['x-tenant-id'];
      if (tenant !== undefined && tenant !== identity.tenant) {
        return refuse(notOfToken(), 'forbidden', identity);
      }
      if (opens && full()) return refuse(noRoom(), 'replica_connections', identity);
      if (opens && users.full(identity)) return refuse(tooMany(), 'user_connections', identity);
      const caller = { identity, token, origin: whereFrom(request) };
      return { identity: caller, expiresAtMs: identity.expiresAtMs };
    } catch (error) {
      if (error instanceof TokenRevoked) return refuse(error, 'token_revoked', error.identity);
      if (error instanceof ProblemError) return refuse(error);
      throw error;
    }
  };
}

function notOfToken(): ProblemError {
  return new ProblemError('forbidden', 'X-Tenant-Id is not the tenant of the token.');
}

function noRoom(): ProblemError {
  return new ProblemError('overloaded', 'This replica has as many connections as it takes.');
}

function tooMany(): ProblemError {
  return new ProblemError('rate_limited', 'The user has as many connections as one may have.');
}
