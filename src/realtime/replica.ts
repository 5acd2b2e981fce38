// What an operator may see of a replica, and do there, within one tenant: nothing here can be asked
// without naming it. The replica itself answers, or another one over HTTP (remote-replica.ts).
import { Type, type Static } from 'typebox';
import { hubEnds } from '../contracts/hub.ts';
import { end } from './hub.ts';
import { limits } from './limits.ts';
import type { Client, Users } from './users.ts';

const nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const count = (description: string) => Type.Integer({ description });

export const NodeSchema = Type.Object(
  {
    node: Type.String({ description: 'Names the replica' }),
    version: Type.String({ description: 'Of the program' }),
    startedAt: Type.String({ format: 'date-time' }),
    draining: Type.Boolean({ description: 'It sends its clients elsewhere' }),
    connections: count("Open connections of the token's tenant"),
    subscriptions: count('Accounts that they watch, counted for each'),
    slow: count('Connections that do not take what they are sent'),
    feedConnected: Type.Boolean({ description: 'It reads the event log' }),
    lagRecords: count('Records of the event log that it has yet to read, as last heard'),
  },
  { title: 'HubNode' },
);
export type NodeView = Static<typeof NodeSchema>;

export const ConnectionSchema = Type.Object(
  {
    connectionId: Type.String(),
    node: Type.String({ description: 'The replica that it is connected to' }),
    transport: Type.Union(
      [Type.Literal('WebSockets'), Type.Literal('ServerSentEvents'), Type.Literal('LongPolling')],
      { description: 'How it is reached' },
    ),
    subject: Type.String({ description: '`sub` of its token' }),
    session: Type.String({ description: '`sid` or `jti` of its token' }),
    address: Type.String({ description: 'Addresses on the way here; all but the last are claims' }),
    userAgent: nullable('As the client names itself'),
    connectedAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time', description: 'When its token ends' }),
    subscriptionCount: count('Accounts that it watches'),
    subscriptions: Type.Array(Type.String(), { description: 'The first 1,000 of them' }),
    unsent: count('Accounts whose newest balance it has not been sent'),
    conflated: count('Balances that were overtaken before it could take them'),
    waitingBytes: count('Sent, but not taken by the client or the network'),
    slow: Type.Boolean({ description: 'So many bytes wait that nothing more is sent' }),
  },
  { title: 'HubConnection' },
);
export type ConnectionView = Static<typeof ConnectionSchema>;

/** Without a field: whatever it is. */
export interface ConnectionsQuery {
  readonly tenant: string;
  readonly subject?: string;
  readonly accountId?: string;
  readonly slow?: boolean;
  readonly connectionId?: string;
  /** Only those of this replica. */
  readonly node?: string;
  /** Only those that come after this one in the list. */
  readonly after?: Position;
  /** The most that are shown; all are counted. */
  readonly limit: number;
}

/** Of a connection in the list: those that came last are first, of the same millisecond by id. */
export interface Position {
  readonly connectedAtMs: number;
  readonly connectionId: string;
}

/** Orders a list of connections. */
export function byArrival(a: Position, b: Position): number {
  const sooner = b.connectedAtMs - a.connectedAtMs;
  return sooner === 0 ? (a.connectionId < b.connectionId ? -1 : 1) : sooner;
}

export interface ConnectionsFound {
  readonly total: number;
  /** Those that came last, first. */
  readonly items: ConnectionView[];
  /** There are others behind them. */
  readonly isMore: boolean;
}

export interface Replica {
  /** @throws ProblemError `unavailable` when it does not answer in time. */
  look(tenant: string): Promise<NodeView>;
  connections(query: ConnectionsQuery): Promise<ConnectionsFound>;
  /** Resolves to whether it was here. */
  disconnect(tenant: string, connectionId: string): Promise<boolean>;
}

export interface ReplicaParts {
  readonly users: Users;
  /** What does not depend on the tenant. */
  readonly state: () => Pick<
    NodeView,
    'node' | 'version' | 'startedAt' | 'draining' | 'feedConnected' | 'lagRecords'
  >;
}

export function createReplica({ users, state }: ReplicaParts): Replica {
  const clientsOf = function* ({ tenant, subject }: { tenant: string; subject?: string }) {
    const clients = subject === undefined ? users.all() : users.of({ tenant, subject });
    for (const client of clients) {
      if (client.connection.identity.identity.tenant === tenant) yield client;
    }
  };
  return {
    async look(tenant) {
      const view = { ...state(), connections: 0, subscriptions: 0, slow: 0 };
      for (const { connection, watcher } of clientsOf({ tenant })) {
        view.connections += 1;
        view.subscriptions += watcher.watches.size;
        if (!connection.writable) view.slow += 1;
      }
      return view;
    },
    async connections({ connectionId, accountId, slow, limit, node, after, ...whose }) {
      const here = state().node;
      if (node !== undefined && node !== here) return { total: 0, items: [], isMore: false };
      let total = 0;
      const found: Client[] = [];
      for (const client of clientsOf(whose)) {
        if (connectionId !== undefined && connectionId !== client.connection.id) continue;
        if (accountId !== undefined && !client.watcher.watches.has(accountId)) continue;
        if (slow !== undefined && slow === client.connection.writable) continue;
        total += 1;
        if (after !== undefined && byArrival(after, positionOf(client)) >= 0) continue;
        found.push(client);
      }
      const shown = lastOf(found, limit);
      const items = shown.map((client) => viewOf(client, here));
      return { total, items, isMore: found.length > items.length };
    },
    async disconnect(tenant, connectionId) {
      const connection = users.get(connectionId)?.connection;
      if (connection?.identity.identity.tenant !== tenant) return false;
      end(connection, hubEnds.closedByOperator, 'An operator has closed this connection.');
      return true;
    },
  };
}

function positionOf({ connection, connectedAtMs }: Client): Position {
  return { connectedAtMs, connectionId: connection.id };
}

/** They are in the order in which they came; only those of a page are put into that of the list. */
function lastOf(found: readonly Client[], limit: number): Client[] {
  let from = Math.max(0, found.length - limit);
  while (from > 0 && found[from - 1]!.connectedAtMs >= found[from]!.connectedAtMs) from -= 1;
  const last = found.slice(from);
  return last.toSorted((a, b) => byArrival(positionOf(a), positionOf(b))).slice(0, limit);
}

function viewOf({ connection, watcher, connectedAtMs }: Client, node: string): ConnectionView {
  const { identity, origin } = connection.identity;
  return {
    connectionId: connection.id,
    node,
    transport: connection.transportName,
    subject: identity.subject,
    session: identity.session,
    address: origin.address,
    userAgent: origin.userAgent ?? null,
    connectedAt: new Date(connectedAtMs).toISOString(),
    expiresAt: new Date(identity.expiresAtMs).toISOString(),
    subscriptionCount: watcher.watches.size,
    subscriptions: [...watcher.watches.keys().take(limits.subscriptionsShownMax)],
    unsent: watcher.unsent.length,
    conflated: watcher.conflated,
    waitingBytes: connection.waitingBytes,
    slow: !connection.writable,
  };
}
