// Another replica, asked over HTTP with the internal credential; and the routes by which this one is.
import { Type } from 'typebox';
import type { App } from '../platform/app.ts';
import type { Guards } from '../platform/guards/guards.ts';
import { openInternalCalls } from '../platform/internal-calls.ts';
import { internalOnly } from '../platform/internal-guard.ts';
import { peerLimits } from '../platform/peers.ts';
import type { ConnectionsFound, NodeView, Replica } from './replica.ts';

const lookPath = '/internal/realtime/look';
const connectionsPath = '/internal/realtime/connections';
const disconnectPath = '/internal/realtime/disconnect';

/** Connects when it is first used. */
export function connectReplica(
  url: string,
  { secret, guards }: { readonly secret: string; readonly guards: Guards },
): Replica & AsyncDisposable {
  const calls = openInternalCalls({
    role: 'replica',
    name: `replica ${url}`,
    url,
    secret,
    guards,
    connectionsMax: peerLimits.connectionsMax,
    callsMax: peerLimits.callsMax,
    answerTimeoutMs: peerLimits.timeoutMs,
  });
  return {
    look: (tenant) => calls.call<NodeView>('POST', lookPath, { tenant }),
    connections: (query) => calls.call<ConnectionsFound>('POST', connectionsPath, query),
    async disconnect(tenant, connectionId) {
      const body = { tenant, connectionId };
      return (await calls.call<{ disconnected: boolean }>('POST', disconnectPath, body))
        .disconnected;
    },
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  };
}

const Text = Type.String({ minLength: 1, maxLength: 255 });
const closed = { additionalProperties: false };

/** Adds the routes that `connectReplica` calls. */
export function addReplicaApi(app: App, replica: Replica, secret: string): void {
  const internal = { ...internalOnly(secret), method: 'POST' } as const;
  app.route({
    ...internal,
    url: lookPath,
    schema: { hide: true, body: Type.Object({ tenant: Text }, closed) },
    handler: ({ body }) => replica.look(body.tenant),
  });
  app.route({
    ...internal,
    url: connectionsPath,
    schema: {
      hide: true,
      body: Type.Object(
        {
          tenant: Text,
          subject: Type.Optional(Text),
          accountId: Type.Optional(Text),
          slow: Type.Optional(Type.Boolean()),
          connectionId: Type.Optional(Text),
          node: Type.Optional(Text),
          after: Type.Optional(
            Type.Object({ connectedAtMs: Type.Integer(), connectionId: Text }, closed),
          ),
          limit: Type.Integer({ minimum: 1, maximum: 200 }),
        },
        closed,
      ),
    },
    handler: ({ body }) => replica.connections(body),
  });
  app.route({
    ...internal,
    url: disconnectPath,
    schema: { hide: true, body: Type.Object({ tenant: Text, connectionId: Text }, closed) },
    handler: async ({ body }) => ({
      disconnected: await replica.disconnect(body.tenant, body.connectionId),
    }),
  });
}
