// Who may connect: the bearer of a valid token, as long as it is valid, with room among their other
// connections and on this replica. What they may see is asked at each subscription.
import type { Attempt, Authentication } from '@atlas/signalr';
import { ProblemError, problems, type ProblemCode } from '../contracts/problems.ts';
import type { Identity } from '../platform/identity.ts';
import { TokenRevoked, type TokenVerifier } from '../platform/tokens.ts';
import { whereFrom, type Origin } from '../platform/where-from.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import type { Users } from './users.ts';

/** What the hub knows of a connection. Renewing its token puts another in its place. */
export interface Caller {
  identity: Identity;
  token: string;
  readonly origin: Origin;
}

export interface Gate {
  readonly verifier: TokenVerifier;
  readonly users: Users;
  readonly refusals: Refusals;
  /** True while another connection would be one too many for this replica. */
  readonly full: () => boolean;
}

export function createAuthenticate({ verifier, users, refusals, full }: Gate) {
  return async ({ token, request, opens }: Attempt): Promise<Authentication<Caller>> => {
    const refuse = (code: ProblemCode, reason: RefusalReason = code, identity?: Identity) => {
      const who = identity && { ...recordedOf(identity), ...whereFrom(request) };
      refusals.count(reason, who);
      return { status: problems[code].status };
    };
    if (token === undefined) return refuse('unauthenticated');
    try {
      const identity = await verifier.verify(token);
      const tenant = request.headers['x-tenant-id'];
      if (tenant !== undefined && tenant !== identity.tenant) {
        return refuse('forbidden', 'forbidden', identity);
      }
      if (opens && full()) return refuse('overloaded', 'replica_connections', identity);
      if (opens && users.full(identity))
        return refuse('rate_limited', 'user_connections', identity);
      const caller = { identity, token, origin: whereFrom(request) };
      return { identity: caller, expiresAtMs: identity.expiresAtMs };
    } catch (error) {
      if (error instanceof TokenRevoked) {
        return refuse('unauthenticated', 'token_revoked', error.identity);
      }
      if (error instanceof ProblemError) return refuse(error.code);
      throw error;
    }
  };
}

/** Who did it, for the audit record. */
export function recordedOf({ tenant, subject, session }: Identity) {
  return { tenant, subject, session };
}
