// GET /ws/load-shedding/stats: what this replica of the hub has refused as too much, by what was asked for and
// why, and how near its limits it is. What is refused for being wrong is not overload, and not here.
import { Type, type TInteger } from 'typebox';
import { FloodsSchema } from '../platform/floods/schema.ts';
import type { App } from '../platform/app.ts';
import { requireScope } from '../platform/identity.ts';
import type { Felt } from '../platform/pressure/own-pressure.ts';
import { SignalSchema } from '../platform/pressure/schema.ts';
import type { RefusalReason, Refusals } from './refusals.ts';
import type { Snapshots } from './snapshots.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

/** What may be refused, and by which limits. */
const hubRefusals = {
  connections: {
    replica_connections: 'This replica has as many as it takes',
    user_connections: 'The user has as many as one may have',
    connections_full:
      'This replica has as many sockets as it takes, those that just arrive included',
    admissions_full: 'Too many waited to be let in',
    admission_late: 'Their token was not verified in time',
  },
  subscriptions: {
    pressure: 'This process is at its limits',
    connection_subscriptions: 'The connection has as many as one may have',
    user_subscriptions: 'The user has as many as one may have',
    snapshots_full: 'Too many waited for their first balance',
    snapshots_late: 'Their turn for a first balance did not come in time',
    overloaded: 'The ledger had no room for their first balance',
    unavailable: 'The ledger did not answer',
  },
  messages: {
    user_messages: 'The user sent too many a second',
    posts_full: 'Too many POSTs of the connection waited for their turn',
  },
} as const satisfies Record<string, Partial<Record<RefusalReason, string>>>;

const byReason = <R extends RefusalReason>(meanings: Readonly<Record<R, string>>) =>
  Type.Object(
    Object.fromEntries(
      Object.entries<string>(meanings).map(([reason, meaning]) => [reason, count(meaning)]),
    ) as Record<R, TInteger>,
  );

const HubShedding = Type.Object(
  {
    node: Type.String({ description: 'The replica that they are of' }),
    connections: count('Open now'),
    connectionsLimit: count('The most at once'),
    opened: count('Connections let in since the start'),
    subscriptions: count('Accounts that are watched now, for each connection'),
    calls: count('Calls of hub methods since the start, refused or not'),
    shed: Type.Object({
      connections: byReason(hubRefusals.connections),
      subscriptions: byReason(hubRefusals.subscriptions),
      messages: byReason(hubRefusals.messages),
    }),
    firstBalances: Type.Object({
      running: count('Being read'),
      runningMax: count('The most at once'),
      waiting: count('That wait for their turn'),
      waitingMax: count('The most that may'),
    }),
    pressure: Type.Object({
      degree: Type.Number({ minimum: 0, maximum: 1, description: '0: none' }),
      admittedPart: Type.Number({ minimum: 0, maximum: 1, description: 'Of new subscriptions' }),
      loop: SignalSchema('How late the event loop is, ms'),
      memory: SignalSchema('The part of the memory that is used'),
    }),
    floods: FloodsSchema,
  },
  { title: 'HubLoadSheddingStats' },
);

export interface HubSheddingParts {
  readonly node: string;
  readonly connectionsMax: number;
  /** As they are now. */
  readonly counts: () => Readonly<
    Record<'connections' | 'opened' | 'subscriptions' | 'calls', number>
  >;
  readonly refusals: Pick<Refusals, 'counted'>;
  readonly snapshots: Snapshots;
  readonly turns: { readonly atOnceMax: number; readonly waitingMax: number };
  readonly pressure: Felt<never>['pressure'];
  readonly admittedPart: () => number;
}

export function addLoadSheddingStats(app: App, parts: HubSheddingParts): void {
  const { refusals, snapshots, turns, pressure } = parts;
  const countsOf = <R extends RefusalReason>(meanings: Readonly<Record<R, string>>) =>
    Object.fromEntries(
      Object.keys(meanings).map((reason) => [reason, refusals.counted(reason as R)]),
    ) as Record<R, number>;
  app.get(
    '/ws/load-shedding/stats',
    {
      schema: {
        operationId: 'getHubLoadSheddingStats',
        summary: 'Load-shedding statistics of this process',
        tags: ['operations'],
        response: { 200: HubShedding },
      },
    },
    ({ identity }, reply) => {
      requireScope(identity, 'ops');
      reply.header('cache-control', 'private, no-store');
      return {
        node: parts.node,
        connectionsLimit: parts.connectionsMax,
        ...parts.counts(),
        shed: {
          connections: countsOf(hubRefusals.connections),
          subscriptions: countsOf(hubRefusals.subscriptions),
          messages: countsOf(hubRefusals.messages),
        },
        firstBalances: {
          running: snapshots.running,
          runningMax: turns.atOnceMax,
          waiting: snapshots.waiting,
          waitingMax: turns.waitingMax,
        },
        pressure: {
          degree: pressure.degree,
          admittedPart: parts.admittedPart(),
          ...pressure.states,
        },
        floods: app.floods,
      };
    },
  );
}
