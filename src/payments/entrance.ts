// What a transfer request passes after its token is verified and before its body is read: the scope
// and the key first, because what is wrong anyway must not take a place from what is not.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '../contracts/problems.ts';
import type { App } from '../platform/app.ts';
import { requireScope } from '../platform/identity.ts';
import type { Admission, Asking } from './shedding/admission.ts';
import {
  clientOf,
  policyHeader,
  remainingHeader,
  type ClientQuotas,
} from './shedding/client-quotas.ts';
import { requireTimeoutMs, type DeadlineOptions } from './shedding/deadline.ts';
import type { Place } from './shedding/place.ts';
import type { RecentKeys } from './shedding/recent-keys.ts';
import { classOf } from './shedding/class-of.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the entrance of a transfer route. */
    place: Place;
    /** When the caller's time is over, by performance.now(); set with `place`. */
    deadlineMs: number;
    /** Time of day; set with `place`. */
    admittedAtMs: number;
  }
}

export interface EntranceParts {
  readonly admission: Admission;
  readonly recent: RecentKeys;
  readonly deadlines: DeadlineOptions;
}

export type Entrance = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
export type Entrances = Readonly<Record<'single' | 'batch', Entrance>>;

/** `onRequest` of the transfer routes. */
export function createEntrances(app: App, parts: EntranceParts): Entrances {
  app.decorateRequest('place', null as unknown as Place);
  app.decorateRequest('deadlineMs', 0);
  app.decorateRequest('admittedAtMs', 0);
  return {
    single: async (request, reply) => enter(parts, request, reply, idempotencyKey),
    batch: async (request, reply) => enter(parts, request, reply, () => undefined),
  };
}

function enter(
  { admission, recent, deadlines }: EntranceParts,
  request: FastifyRequest,
  reply: FastifyReply,
  keyOf: (request: FastifyRequest) => string | undefined,
): void {
  const { identity, headers } = request;
  requireScope(identity, 'transfers');
  const key = keyOf(request);
  const timeoutMs = requireTimeoutMs(headers, deadlines) - reply.elapsedTime;
  const kind = classOf({ batch: key === undefined, identity, key }, recent);
  const asking: Asking = { kind, client: clientOf(identity), timeoutMs };
  const place = admit(admission, asking, reply);
  request.place = place;
  request.admittedAtMs = Date.now();
  request.deadlineMs = performance.now() + timeoutMs;
  if (key !== undefined && kind !== 'bulk') recent.admitted(identity, key);
  reply.raw.once('close', () => place.leaveUnused());
}

function admit(admission: Admission, asking: Asking, reply: FastifyReply): Place {
  try {
    return admission.admit(asking);
  } finally {
    showQuota(admission.quotas, asking.client!, reply);
  }
}

/** Says with the answer what is left of the quota, where there is one. */
export function showQuota(quotas: ClientQuotas, client: string, reply: FastifyReply): void {
  if (!quotas.on) return;
  reply.header('ratelimit-policy', policyHeader(quotas.share));
  reply.header('ratelimit', remainingHeader(quotas.remaining(client)));
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
