// The hub at /ws: the SignalR protocol's events led to the fan-out, and back.
import { createHmac } from 'node:crypto';
import { createHub, type Hub, type HubConnection } from '@atlas/signalr';
import { originAllowed } from '../platform/origins.ts';
import type { ProcessContext } from '../platform/context.ts';
import type { Log } from '../platform/logs.ts';
import { createAuthenticate, type Caller } from './authenticate.ts';
import type { FanOut } from './fan-out.ts';
import { addMethods, createFilter } from './methods.ts';
import { refusal } from './refusals.ts';
import type { Subscribing } from './subscribe.ts';
import type { RealtimeMetrics } from './metrics.ts';
import { createUsers } from './users.ts';
import type { Watcher } from './watch.ts';

export const hubPath = '/ws';

export interface BalanceHubOptions extends Subscribing {
  readonly context: ProcessContext;
  readonly log: Log;
  readonly metrics: RealtimeMetrics;
  readonly fanOut: FanOut;
}

export function createBalanceHub(options: BalanceHubOptions): Hub<Caller> {
  const { context, log, metrics, fanOut } = options;
  const users = createUsers(() => performance.now());
  const watchers = new Map<string, Watcher>();
  const failed = (error: unknown) => log.error({ err: error }, 'hub: a connection failed');

  const hub = createHub<Caller>({
    path: hubPath,
    secret: connectionSecret(context.internalSecret),
    authenticate: createAuthenticate({ verifier: context.verifier, users }),
    allowOrigin: (origin) => originAllowed(origin, context.corsOrigins),
    filter: createFilter({ users, unexpected: failed }),
    // Subscribing relies on it: no other call of the connection comes between watch and confirm.
    limits: { parallelInvocationsMax: 1 },
    onConnected(connection) {
      const { identity, token } = connection.identity;
      const room = !users.full(identity);
      users.connected(identity);
      watchers.set(connection.id, fanOut.join({ tenant: identity.tenant, token }, connection));
      if (!room)
        connection.close({ error: refusal('rate_limited', 'Too many connections.').message });
    },
    onDisconnected(connection, { code }) {
      const watcher = watchers.get(connection.id);
      watchers.delete(connection.id);
      if (watcher !== undefined) fanOut.leave(watcher);
      users.disconnected(connection.identity.identity);
      metrics.disconnected(code);
    },
    onDrain(connection) {
      const watcher = watchers.get(connection.id);
      if (watcher !== undefined) fanOut.drained(watcher);
    },
    onInvocation: ({ method, outcome, durationMs }) => metrics.called(method, outcome, durationMs),
    onError: failed,
  });

  const watcherOf = (connection: HubConnection<Caller>): Watcher => watchers.get(connection.id)!;
  addMethods(hub, { ...options, users, watcherOf, unexpected: failed });
  return hub;
}

/** All replicas sign connection tokens alike, so that negotiating needs no sticky sessions. */
function connectionSecret(internalSecret: string): Buffer {
  return createHmac('sha256', internalSecret).update('atlas realtime connections').digest();
}
