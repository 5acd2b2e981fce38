// GET /ledger/load-shedding/stats: how full the ledger is, what it has refused, and at which of its walls.
import { Type } from 'typebox';
import type { App } from '../platform/app.ts';
import { wallOf, WallSchema } from '../platform/guards/wall-schema.ts';
import { requireScope } from '../platform/identity.ts';
import { SignalSchema } from '../platform/pressure/schema.ts';
import { byRoute, type LedgerDoor } from './door.ts';
import type { ReadGuards } from './read-guards.ts';
import type { ReadPressure } from './read-pressure.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

const part = Type.Number({ minimum: 0, maximum: 1 });
const wait = (of: string) =>
  SignalSchema(`How long the next of ${of} waits for a place, as a part of the longest wait`);

const Shed = (of: string) =>
  Type.Object({
    pressure: count(
      `Refused of ${of} because this process, or the line to the book, is at its limits`,
    ),
    inFlight: count(`Refused of ${of} by the limit of requests`),
  });

const PressureStats = Type.Object({
  degree: Type.Number({ minimum: 0, maximum: 1, description: 'Of this process; 0: none' }),
  admittedPart: Type.Object({ balance: part, entries: part, accounts: part, audit: part }),
  loop: SignalSchema('How late the event loop is, ms'),
  memory: SignalSchema('The part of the memory that is used'),
  waits: Type.Object({
    entries: wait('statements'),
    accounts: wait('accounts'),
    audit: wait('the audit record'),
  }),
});

const LedgerShedding = Type.Object(
  {
    node: Type.String({ description: 'The replica that they are of' }),
    inFlight: count('Requests under way'),
    inFlightLimit: count('The most at once'),
    admitted: count('Requests let in since the start'),
    shed: Type.Object({
      balance: Shed('balances'),
      entries: Shed('statements'),
      accounts: Shed('accounts'),
      audit: Shed('the audit record'),
    }),
    pressure: PressureStats,
    reads: Type.Object({
      balances: WallSchema,
      statements: WallSchema,
      accounts: WallSchema,
      transfers: WallSchema,
      audit: WallSchema,
    }),
  },
  { title: 'LedgerLoadSheddingStats' },
);

export interface LedgerSheddingParts {
  readonly node: string;
  readonly door: LedgerDoor;
  readonly reads: ReadGuards;
  readonly pressure: ReadPressure;
}

export function addLoadSheddingStats(
  app: App,
  { node, door, reads, pressure }: LedgerSheddingParts,
): void {
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
        node,
        inFlight: door.requests,
        inFlightLimit: door.requestsMax,
        admitted: door.admitted,
        shed: door.shed,
        pressure: {
          degree: pressure.own.degree,
          admittedPart: byRoute((route) => door.part(route)),
          ...pressure.own.states,
          waits: pressure.lines,
        },
        reads: {
          balances: wallOf(reads.balances),
          statements: wallOf(reads.statements),
          accounts: wallOf(reads.accounts),
          transfers: wallOf(reads.transfers),
          audit: wallOf(reads.audit),
        },
      };
    },
  );
}
