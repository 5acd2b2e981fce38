// GET /payments/load-shedding/stats: what the limits stand at and what they have refused.
import { Type } from 'typebox';
import type { App } from '../platform/http.ts';
import { requireScope } from '../platform/identity.ts';
import type { Admission } from './admission.ts';
import type { TransferCounts } from './counts.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });
const ShedByReason = Type.Object({
  inFlight: count('Refused by the in-flight limit'),
  rate: count('Refused by the token bucket'),
  queue: count('Refused because the way to the core was full'),
});

const LoadSheddingStats = Type.Object(
  {
    tokensAvailable: count('Whole tokens in the bucket'),
    ratePerSecond: count('Tokens that flow in'),
    burstCapacity: count('Tokens that the bucket keeps'),
    inFlight: count('Requests under way'),
    inFlightLimit: count('Requests that may be under way now'),
    offeredPerSecond: count('Requests in the last second, admitted or not'),
    admitted: count('Requests admitted since the start'),
    shed: Type.Object({ single: ShedByReason, batch: ShedByReason }),
  },
  { title: 'LoadSheddingStats' },
);

export function addLoadSheddingStats(
  app: App,
  { admission, counts }: { admission: Admission; counts: TransferCounts },
): void {
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
    (request) => {
      requireScope(request.identity, 'ops');
      const { bucket, limit, demand } = admission;
      return {
        tokensAvailable: Math.floor(bucket.available),
        ratePerSecond: bucket.perSecond,
        burstCapacity: bucket.burst,
        inFlight: limit.inFlight,
        inFlightLimit: limit.limit,
        offeredPerSecond: demand.perSecond,
        admitted: counts.admittedTotal,
        shed: counts.shedByClass,
      };
    },
  );
}
