// What a transfer request passes after its token is verified and before its body is read: the scope
// and the key first, because what is wrong anyway must not take a place from what is not.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/http.ts';
import { requireScope } from '../platform/identity.ts';
import type { Admission } from './admission.ts';
import type { TransferClass } from './counts.ts';
import type { Place } from './place.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the entrance of a transfer route. */
    place: Place;
  }
}

export function preparePlaces(app: App): void {
  app.decorateRequest('place', null as unknown as Place);
}

export function createEntrance(admission: Admission, kind: TransferClass) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    requireScope(request.identity, 'transfers');
    if (kind === 'single') idempotencyKey(request);
    const place = admission.admit(kind);
    request.place = place;
    reply.raw.once('close', () => place.leaveUnused());
  };
}

/** @throws ProblemError `idempotency_key_missing`, `invalid_request`. */
export function idempotencyKey(request: FastifyRequest): string {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key === '') {
    const detail = 'Send an Idempotency-Key: the same for every retry of this transfer.';
    throw new ProblemError('idempotency_key_missing', detail);
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const detail = 'The Idempotency-Key must be 1 to 255 visible ASCII characters.';
    throw new ProblemError('invalid_request', detail);
  }
  return key;
}
