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
    subject: Type.String({ description: '`sub` of its token' }),
    session: Type.String({ description: '`sid` or `jti` of its token' }),
    address: Type.String({ description: 'Addresses on the way here; all but the last are claims' }),
    userAgent: nullable('As the client names itself'),
    connectedAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time', description: 'When its token ends' }),
    subscriptionCount: count('Accounts that it watches'),
    subscriptions: Type.Array(Type.String(), { description: 'The first 1,000 of them' }),
    unsent: count('Accounts whose newest balance it has not been sent'),
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
  /** The most that are shown; all are counted. */
  readonly limit: number;
}

export interface ConnectionsFound {
  readonly total: number;
  /** Those that came last, first. */
  readonly items: ConnectionView[];
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
    async connections({ accountId, slow, limit, ...whose }) {
      const found: Client[] = [];
      for (const client of clientsOf(whose)) {
        if (accountId !== undefined && !client.watcher.watches.has(accountId)) continue;
        if (slow !== undefined && slow === client.connection.writable) continue;
        found.push(client);
      }
      // In the order in which they came.
      const shown = found.slice(-limit).toReversed();
      const { node } = state();
      return { total: found.length, items: shown.map((client) => viewOf(client, node)) };
    },
    async disconnect(tenant, connectionId) {
      const connection = users.get(connectionId)?.connection;
      if (connection?.identity.identity.tenant !== tenant) return false;
      end(connection, hubEnds.closedByOperator, 'An operator has closed this connection.');
      return true;
    },
  };
}

function viewOf({ connection, watcher, connectedAtMs }: Client, node: string): ConnectionView {
  const { identity, origin } = connection.identity;
  return {
    connectionId: connection.id,
    node,
    subject: identity.subject,
    session: identity.session,
    address: origin.address,
    userAgent: origin.userAgent ?? null,
    connectedAt: new Date(connectedAtMs).toISOString(),
    expiresAt: new Date(identity.expiresAtMs).toISOString(),
    subscriptionCount: watcher.watches.size,
    subscriptions: [...watcher.watches.keys().take(limits.subscriptionsShownMax)],
    unsent: watcher.unsent.length,
    waitingBytes: connection.waitingBytes,
    slow: !connection.writable,
  };
}
