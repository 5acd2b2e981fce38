// GET /payments/load-shedding/stats: what the limits stand at, what they have refused, and for each
// reason how it stands now, so that whoever looks can say why.
import { Type, type Static, type TSchema } from 'typebox';
import type { App } from '../../platform/app.ts';
import { requireScope } from '../../platform/identity.ts';
import type { Admission } from './admission.ts';
import { sum, type TransferCounts } from './counts.ts';
import type { DeadlineOptions } from './deadline.ts';
import type { HandOver } from '../hand-over.ts';
import type { Felt } from '../../platform/pressure/own-pressure.ts';
import { SignalSchema } from '../../platform/pressure/schema.ts';
import { byClass, trafficClasses } from '../../platform/pressure/traffic-class.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const measure = (description: string) => Type.Number({ minimum: 0, description });
const perClass = <T extends TSchema>(schema: T) =>
  Type.Object({ critical: schema, normal: schema, bulk: schema });
const refusing = Type.Array(Type.String({ enum: [...trafficClasses] }), {
  description: 'The classes that would be refused for this now',
});

const ShedByReason = Type.Object({
  deadline: count("Refused because the caller's time was over, at the door or after it"),
  pressure: count('Refused because this process is at its limits'),
  inFlight: count('Refused by the in-flight limit'),
  rate: count('Refused by the token bucket'),
  quota: count("Refused by the client's quota"),
  queue: count('Refused after the door because the way to the core was full'),
});

const Reasons = Type.Object({
  deadline: Type.Object({
    defaultMs: count('Where the caller sends no Request-Timeout'),
    maxMs: count('The longest that counts'),
  }),
  pressure: Type.Object({
    refusing,
    degree: Type.Number({ minimum: 0, maximum: 1, description: '0: none' }),
    admittedPart: perClass(Type.Number({ minimum: 0, maximum: 1 })),
    loop: SignalSchema('How late the event loop is, ms'),
    memory: SignalSchema('The part of the memory that is used'),
    pool: SignalSchema('Milliseconds that what waits in the core will wait for a connection'),
  }),
  inFlight: Type.Object({
    refusing,
    meanMs: Type.Optional(measure('Mean latency when something last completed')),
    targetMs: count('The latency aimed at'),
  }),
  rate: Type.Object({
    refusing,
    tokensKept: perClass(count('Tokens that this class leaves to those above it')),
    ceiling: Type.String({
      enum: ['alone', 'shared', 'own share'],
      description: 'Of this replica, of all together, or the part of it while Redis is away',
    }),
    replicas: count('Those that have part in the ceiling, as last seen'),
  }),
  quota: Type.Object({
    ratePerSecond: count('Requests of one client a second; 0: no quota'),
    burstCapacity: count('Requests of one client at once'),
    clients: count('Clients that asked lately'),
    exhausted: count('Clients that have nothing left now'),
  }),
  queue: Type.Object({
    transfers: count('Transfers that wait for a hand-over'),
    transfersMax: count('The most that may'),
  }),
});

const LoadSheddingStats = Type.Object(
  {
    node: Type.String({ description: 'The replica that they are of' }),
    tokensAvailable: count('Whole tokens in the bucket'),
    ratePerSecond: count('Tokens that flow in: the ceiling'),
    burstCapacity: count('Tokens that the bucket keeps'),
    inFlight: count('Transfers under way; a request whose body has not come counts as one'),
    inFlightLimit: count('Of the normal class: transfers that may be under way now'),
    inFlightLimits: perClass(count('The same by class')),
    offeredPerSecond: count('Requests in the last second, admitted or not'),
    offeredPerSecondByClass: perClass(count('The same by class')),
    offered: count('Requests that came since the start: admitted + shed'),
    offeredByClass: perClass(count('The same by class')),
    admitted: count('Requests admitted since the start, and not refused afterwards'),
    admittedByClass: perClass(count('The same by class')),
    shed: perClass(ShedByReason),
    reasons: Reasons,
  },
  { title: 'LoadSheddingStats' },
);
export type LoadSheddingStats = Static<typeof LoadSheddingStats>;

export interface LoadSheddingParts {
  readonly node: string;
  readonly admission: Admission;
  readonly counts: TransferCounts;
  readonly deadlines: DeadlineOptions;
  readonly handOver: HandOver;
  readonly pressure: Felt<'pool'>['pressure'];
}

export function addLoadSheddingStats(app: App, parts: LoadSheddingParts): void {
  app.get(
    '/payments/load-shedding/stats',
    {
      schema: {
        operationId: 'getLoadSheddingStats',
        summary: 'Load-shedding statistics of this process',
        tags: ['operations'],
        response: { 200: LoadSheddingStats },
      },
    },
    (request, reply) => {
      requireScope(request.identity, 'ops');
      reply.header('cache-control', 'private, no-store');
      return statsOf(parts);
    },
  );
}

function statsOf(parts: LoadSheddingParts): LoadSheddingStats {
  const { bucket, ceiling, limit, demand } = parts.admission;
  const { admittedByClass } = parts.counts;
  return {
    node: parts.node,
    tokensAvailable: Math.floor(bucket.available),
    ratePerSecond: ceiling.perSecond,
    burstCapacity: ceiling.burst,
    inFlight: limit.inFlight,
    inFlightLimit: limit.limit,
    inFlightLimits: limit.limits,
    offeredPerSecond: demand.perSecond,
    offeredPerSecondByClass: byClass((kind) => demand.perSecondOf(kind)),
    offered: sum(Object.values(parts.counts.offeredByClass)),
    offeredByClass: parts.counts.offeredByClass,
    admitted: sum(Object.values(admittedByClass)),
    admittedByClass,
    shed: parts.counts.shedByClass,
    reasons: reasonsOf(parts),
  };
}

function reasonsOf({
  admission,
  deadlines,
  handOver,
  pressure,
}: LoadSheddingParts): LoadSheddingStats['reasons'] {
  const { limit, gate, quotas } = admission;
  return {
    deadline: deadlines,
    pressure: {
      refusing: admission.refusing('pressure'),
      degree: pressure.degree,
      admittedPart: byClass((kind) => gate.part(kind)),
      ...pressure.states,
    },
    inFlight: {
      refusing: admission.refusing('inFlight'),
      ...(limit.meanMs === undefined ? {} : { meanMs: limit.meanMs }),
      targetMs: limit.targetMs,
    },
    rate: {
      refusing: admission.refusing('rate'),
      tokensKept: byClass((kind) => admission.tokensKept(kind)),
      ceiling: admission.pace.state,
      replicas: admission.pace.members,
    },
    quota: {
      ratePerSecond: quotas.rate.perSecond,
      burstCapacity: quotas.rate.burst,
      clients: quotas.size,
      exhausted: quotas.exhausted,
    },
    queue: { transfers: handOver.queuedTransfers, transfersMax: handOver.queuedMax },
  };
}
