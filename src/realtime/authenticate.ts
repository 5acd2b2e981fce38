// Who may connect: the bearer of a valid token, as long as it is valid, with room among their other
// connections. What they may see is asked at each subscription.
import type { Attempt, Authentication } from '@atlas/signalr';
import { ProblemError, problems } from '../contracts/problems.ts';
import type { Identity } from '../platform/identity.ts';
import type { TokenVerifier } from '../platform/tokens.ts';
import type { Users } from './users.ts';

/** What the hub knows of a connection. */
export interface Caller {
  readonly identity: Identity;
  readonly token: string;
}

export function createAuthenticate({ verifier, users }: { verifier: TokenVerifier; users: Users }) {
  return async ({ token, request }: Attempt): Promise<Authentication<Caller>> => {
    if (token === undefined) return refuse('unauthenticated');
    try {
      const identity = await verifier.verify(token);
      const tenant = request.headers['x-tenant-id'];
      if (tenant !== undefined && tenant !== identity.tenant) return refuse('forbidden');
      if (users.full(identity)) return refuse('rate_limited');
      return { identity: { identity, token }, expiresAtMs: identity.expiresAtMs };
    } catch (error) {
      if (error instanceof ProblemError) return refuse(error.code);
      throw error;
    }
  };
}

function refuse(code: keyof typeof problems): { status: number } {
  return { status: problems[code].status };
}
