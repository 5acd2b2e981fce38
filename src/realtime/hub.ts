// The hub at /ws: the SignalR protocol's events led to the fan-out, and back.
import { createHmac } from 'node:crypto';
import { createHub, type DisconnectReason, type Hub, type HubConnection } from '@atlas/signalr';
import { hubEnds } from '../contracts/hub.ts';
import { originAllowed } from '../platform/origins.ts';
import type { ProcessContext } from '../platform/context.ts';
import type { Log } from '../platform/logs.ts';
import type { Metrics } from '../platform/metrics.ts';
import { createAuthenticate } from './authenticate.ts';
import { recordedOf, type Caller } from './caller.ts';
import { createFilter, createUnknownCalled } from './calls.ts';
import type { Elsewhere } from './elsewhere.ts';
import { clientLimits, limits } from './limits.ts';
import type { RealtimeMetrics } from './metrics.ts';
import { addMethods } from './methods.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { createOnRefused } from './refused-requests.ts';
import type { Subscribing } from './subscribe.ts';
import { Users } from './users.ts';

export const hubPath = '/ws';

export interface BalanceHubOptions extends Pick<Subscribing, 'fanOut' | 'snapshots' | 'gate'> {
  readonly context: ProcessContext;
  readonly log: Log;
  readonly registry: Metrics;
  readonly metrics: RealtimeMetrics;
  /** Of what a user may send in a second. */
  readonly nowMs?: () => number;
  /** Without it requests for another replica's connections are 404. */
  readonly elsewhere?: Elsewhere;
}

export interface BalanceHub extends Disposable {
  readonly hub: Hub<Caller>;
  readonly users: Users;
  readonly refusals: Pick<Refusals, 'counted'>;
}

export function createBalanceHub(options: BalanceHubOptions): BalanceHub {
  const { context, log, registry, metrics, fanOut, elsewhere } = options;
  const { nowMs = () => performance.now() } = options;
  const { verifier, control, settings } = context;
  const client = clientLimits(settings);
  const users = new Users(client, nowMs);
  const refusals = createRefusals({ metrics: registry, log, audit: control.audit });
  const unexpected = (error: unknown) => log.error({ err: error }, 'hub: a connection failed');

  const unknownCalled = createUnknownCalled({ users, refusals });

  const hub: Hub<Caller> = createHub<Caller>({
    path: hubPath,
    secret: connectionSecret(context.internalSecret),
    nodeId: control.node,
    ...(elsewhere === undefined ? {} : { onElsewhere: elsewhere.pass }),
    authenticate: createAuthenticate({
      verifier,
      users,
      refusals,
      full: () => hub.stats.connections >= client.connectionsMax,
    }),
    mayActFor: ({ identity }, connection) => isSameUser(identity, connection.identity.identity),
    allowOrigin: (origin) => originAllowed(origin, context.corsOrigins),
    filter: createFilter({ users, client, refusals, audit: control.audit, unexpected }),
    limits: {
      // Subscribing relies on it: no other call of the connection comes between watch and confirm.
      parallelInvocationsMax: 1,
      connectionsMax: client.connectionsMax + limits.arrivalsMax,
      messageBytesMax: client.messageBytesMax,
      keepAliveMs: limits.pingMs,
    },
    onConnected(connection) {
      const { identity, token } = connection.identity;
      const room = !users.full(identity);
      const { tenant, subject } = identity;
      const watcher = fanOut.join({ tenant, subject, token }, connection);
      users.add({ connection, watcher, connectedAtMs: Date.now() });
      control.audit.record({ action: 'hub.connect', ...recorded(connection) });
      if (!room) {
        // Others of the user have shaken hands since it was let in.
        refusals.count('user_connections', recorded(connection));
        end(connection, hubEnds.rateLimited, 'Too many connections.');
      } else if (control.revocations.covers(identity)) {
        // While the handshake was under way.
        signOut(connection);
      }
    },
    onDisconnected(connection, reason) {
      const client = users.remove(connection.id);
      if (client !== undefined) fanOut.leave(client.watcher);
      const code = codeOf(reason);
      metrics.disconnected(code);
      if (code === 'message_too_large') refusals.count(code);
      control.audit.record({ action: 'hub.close', code, ...recorded(connection) });
    },
    onReattached(connection) {
      const client = users.get(connection.id);
      if (client !== undefined) fanOut.returned(client.watcher);
    },
    onDrain(connection) {
      const client = users.get(connection.id);
      if (client !== undefined) fanOut.drained(client.watcher);
    },
    onInvocation({ connection, method, outcome, durationMs }) {
      metrics.called(method, outcome, durationMs);
      if (method === undefined) unknownCalled(connection);
    },
    onRefused: createOnRefused(refusals),
    onError: unexpected,
  });
  addMethods(hub, { ...options, users, client, verifier });
  const stopHearing = control.revocations.onAdded((added) => {
    for (const { connection } of new Set(added.flatMap((whose) => [...users.of(whose)]))) {
      if (control.revocations.covers(connection.identity.identity)) signOut(connection);
    }
  });
  return {
    hub,
    users,
    refusals,
    [Symbol.dispose]() {
      stopHearing();
      refusals[Symbol.dispose]();
    },
  };
}

/** Tells the client why, and not to come back by itself. */
export function end(connection: HubConnection<Caller>, code: string, detail: string): void {
  connection.close({ error: `${code}: ${detail}`, allowReconnect: false });
}

/** With the same token the client would be refused at each attempt. */
export function signOut(connection: HubConnection<Caller>): void {
  end(connection, hubEnds.tokenRevoked, 'The session has been ended; sign in again.');
}

function recorded(connection: HubConnection<Caller>) {
  const { identity, origin } = connection.identity;
  return { ...recordedOf(identity), ...origin, connectionId: connection.id };
}

/** Where we have ended it ourselves, the code at the start of its last words. */
function codeOf({ code, error }: DisconnectReason): string {
  return code === 'server_closed' && error !== undefined ? error.split(':', 1)[0]! : code;
}

function isSameUser(a: Caller['identity'], b: Caller['identity']): boolean {
  return a.tenant === b.tenant && a.subject === b.subject;
}

/** All replicas sign connection tokens alike, so that negotiating needs no sticky sessions. */
function connectionSecret(internalSecret: string): Buffer {
  return createHmac('sha256', internalSecret).update('atlas realtime connections').digest();
}
