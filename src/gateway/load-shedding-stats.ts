// GET /gateway/load-shedding/stats: what the gateway has refused, for which role and why, and what was cut
// off before it was a request.
import { Type } from 'typebox';
import { FloodsSchema } from '../platform/floods/schema.ts';
import { wallOf, WallSchema } from '../platform/guards/wall-schema.ts';
import type { App } from '../platform/app.ts';
import { requireScope } from '../platform/identity.ts';
import type { Upstream } from '../platform/proxy/upstream.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

const Way = Type.Object({
  ...WallSchema.properties,
  passed: count('Requests and sockets passed on since the start'),
});

const GatewayShedding = Type.Object(
  {
    node: Type.String({ description: 'The replica that they are of' }),
    roles: Type.Object({ payments: Way, ledger: Way, realtime: Way }),
    floods: FloodsSchema,
  },
  { title: 'GatewayLoadSheddingStats' },
);

export interface GatewaySheddingParts {
  readonly node: string;
  readonly upstreams: Readonly<Record<'payments' | 'ledger' | 'realtime', Upstream>>;
}

export function addLoadSheddingStats(app: App, { node, upstreams }: GatewaySheddingParts): void {
  const wayOf = (upstream: Upstream) => ({ ...wallOf(upstream), passed: upstream.passed });
  app.get(
    '/gateway/load-shedding/stats',
    {
      schema: {
        operationId: 'getGatewayLoadSheddingStats',
        summary: 'Load-shedding statistics of this process',
        tags: ['operations'],
        response: { 200: GatewayShedding },
      },
    },
    ({ identity }, reply) => {
      requireScope(identity, 'ops');
      reply.header('cache-control', 'private, no-store');
      return {
        node,
        roles: {
          payments: wayOf(upstreams.payments),
          ledger: wayOf(upstreams.ledger),
          realtime: wayOf(upstreams.realtime),
        },
        floods: app.floods,
      };
    },
  );
}
