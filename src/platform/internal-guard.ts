// Who may call the roles' internal routes: other roles, and commands that know the secret. Whoever posts
// to the core may debit any account of any tenant, so no user's token opens these routes.
import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { ProblemError } from '../contracts/problems.ts';

/** Options of a route that takes the internal secret as its bearer token, and nothing else. */
export function internalOnly(secret: string) {
  const wanted = digest(`Bearer ${secret}`);
  return {
    // No user's token: the credential below instead.
    config: { public: true },
    onRequest: async ({ headers }: FastifyRequest) => {
      if (!timingSafeEqual(digest(headers.authorization ?? ''), wanted)) {
        throw new ProblemError('unauthenticated', 'The internal credential is wrong.');
      }
    },
  };
}

/** Of one length, whatever was sent, so that the comparison takes the same time. */
function digest(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
