// How the statistics of every role show what stands before a dependency.
import { Type, type Static } from 'typebox';
import type { Guarded } from './guards.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const WallSchema = Type.Object({
  breaker: Type.String({ enum: ['closed', 'half_open', 'open'] }),
  running: count('Calls under way'),
  runningMax: count('The most at once'),
  waiting: count('Calls that wait for a place'),
  waitingMax: count('The most that may'),
  refused: Type.Object({
    open: count('By the breaker'),
    stuck: count('All places were held by calls over their time'),
    full: count('No place, and no room to wait'),
    waited: count('No place came in time'),
  }),
});

export function wallOf({ breaker, bulkhead, refused }: Guarded): Static<typeof WallSchema> {
  return {
    breaker: breaker.state,
    running: bulkhead.running,
    runningMax: bulkhead.atOnceMax,
    waiting: bulkhead.waiting,
    waitingMax: bulkhead.waitingMax,
    refused,
  };
}
