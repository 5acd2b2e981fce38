// GET /ledger/load-shedding/stats: how full the ledger is, what it has refused, and at which of its walls.
import { Type, type Static } from 'typebox';
import type { App } from '../platform/http.ts';
import type { Guard } from '../platform/guards/guard.ts';
import { requireScope } from '../platform/identity.ts';
import type { LedgerDoor } from './door.ts';
import type { ReadGuards } from './read-guards.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

const Wall = Type.Object({
  breaker: Type.String({ enum: ['closed', 'half_open', 'open'] }),
  running: count('Reads of the book under way'),
  runningMax: count('The most at once'),
  waiting: count('Reads that wait for a place'),
  waitingMax: count('The most that may'),
  refused: Type.Object({
    open: count('By the breaker'),
    stuck: count('All places were held by reads over their time'),
    full: count('Too many waited'),
    waited: count('No place came in time'),
  }),
});

const LedgerShedding = Type.Object(
  {
    inFlight: count('Requests under way'),
    inFlightLimit: count('The most at once'),
    admitted: count('Requests let in since the start'),
    shed: Type.Object({
      balance: count('Refused by the limit of requests'),
      entries: count('The same of statements'),
      accounts: count('The same of accounts'),
      audit: count('The same of the audit record'),
    }),
    reads: Type.Object({ balances: Wall, statements: Wall, accounts: Wall, audit: Wall }),
  },
  { title: 'LedgerLoadSheddingStats' },
);

export interface LedgerSheddingParts {
  readonly door: LedgerDoor;
  readonly reads: ReadGuards;
}

export function addLoadSheddingStats(app: App, { door, reads }: LedgerSheddingParts): void {
  app.get(
    '/ledger/load-shedding/stats',
    {
      schema: {
        operationId: 'getLedgerLoadSheddingStats',
        summary: 'Load-shedding statistics of this process',
        tags: ['operations'],
        response: { 200: LedgerShedding },
      },
    },
    ({ identity }, reply) => {
      requireScope(identity, 'ops');
      reply.header('cache-control', 'private, no-store');
      return {
        inFlight: door.requests,
        inFlightLimit: door.requestsMax,
        admitted: door.admitted,
        shed: door.shed,
        reads: {
          balances: wallOf(reads.balances),
          statements: wallOf(reads.statements),
          accounts: wallOf(reads.accounts),
          audit: wallOf(reads.audit),
        },
      };
    },
  );
}

function wallOf({ breaker, bulkhead, refused }: Guard): Static<typeof Wall> {
  return {
    breaker: breaker.state,
    running: bulkhead.running,
    runningMax: bulkhead.atOnceMax,
    waiting: bulkhead.waiting,
    waitingMax: bulkhead.waitingMax,
    refused,
  };
}
