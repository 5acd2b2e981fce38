// GET, PUT and DELETE /payments/load-shedding: how much is admitted, and who says so. An operator's order
// reaches every replica within about a second and outlives restarts, because an autoscaler starts
// replicas just when there is too much to do; DELETE goes back to what the settings say.
import type { FastifyRequest } from 'fastify';
import { Type, type Static } from 'typebox';
import type { Ceiling } from '../../contracts/control.ts';
import { ProblemError } from '../../contracts/problems.ts';
import type { AuditEntry } from '../../platform/audit.ts';
import type { Control } from '../../platform/control.ts';
import type { App } from '../../platform/app.ts';
import { requireScope, type Identity } from '../../platform/identity.ts';
import { whereFrom } from '../../platform/where-from.ts';

const wholeMax = 1_000_000;
const whole = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: wholeMax, description });

const fields = {
  ratePerSecond: whole(1, 'Transfer requests admitted a second'),
  burstCapacity: whole(1, 'Transfer requests admitted at once after a pause'),
  clientRatePerSecond: whole(0, 'Those of one client a second; 0: no quota'),
  clientBurstCapacity: whole(1, 'Those of one client at once after a pause'),
};

const Wanted = Type.Object(
  {
    ratePerSecond: fields.ratePerSecond,
    burstCapacity: Type.Optional({ ...fields.burstCapacity, description: 'Else twice the rate' }),
    clientRatePerSecond: Type.Optional(fields.clientRatePerSecond),
    clientBurstCapacity: Type.Optional(fields.clientBurstCapacity),
  },
  { title: 'WantedLoadShedding', additionalProperties: false },
);

const InForce = Type.Object(
  {
    ...fields,
    setBy: Type.String({ enum: ['settings', 'operator'] }),
    setAt: Type.Optional(Type.String({ format: 'date-time', description: 'By the operator' })),
  },
  { title: 'LoadShedding' },
);
type InForce = Static<typeof InForce>;

export interface LoadSheddingRouteParts {
  readonly control: Control;
  /** What the settings say. */
  readonly settings: Ceiling;
  /** Whose operators set it; undefined: those of any tenant. */
  readonly ceilingTenant: string | undefined;
}

export function addLoadShedding(
  app: App,
  { control, settings, ceilingTenant }: LoadSheddingRouteParts,
): void {
  const url = '/payments/load-shedding';
  const common = { tags: ['operations'], response: { 200: InForce } };
  const shown = (): InForce => inForce(control, settings);

  app.get(
    url,
    { schema: { operationId: 'getLoadShedding', summary: 'How much is admitted', ...common } },
    (request, reply) => {
      requireScope(request.identity, 'ops');
      reply.header('cache-control', 'private, no-store');
      return shown();
    },
  );
  app.route({
    method: 'PUT',
    url,
    schema: {
      operationId: 'setLoadShedding',
      summary: 'Sets how much every replica admits',
      description:
        'In force at this replica at once, at the others within about a second, and also after a ' +
        'restart. What is left out is as the settings say.',
      body: Wanted,
      ...common,
    },
    handler: async (request) => {
      requireMayOrder(request.identity, ceilingTenant);
      const { ratePerSecond, burstCapacity, clientRatePerSecond, clientBurstCapacity } =
        request.body;
      const ceiling: Ceiling = {
        ratePerSecond,
        burst: burstCapacity ?? Math.min(wholeMax, 2 * ratePerSecond),
        clientRatePerSecond: clientRatePerSecond ?? settings.clientRatePerSecond,
        clientBurst: clientBurstCapacity ?? settings.clientBurst,
      };
      await control.orderCeiling(ceiling, recordOf(request, ceiling));
      return shown();
    },
  });
  app.route({
    method: 'DELETE',
    url,
    schema: {
      operationId: 'resetLoadShedding',
      summary: 'Goes back to what the settings say',
      ...common,
    },
    handler: async (request) => {
      requireMayOrder(request.identity, ceilingTenant);
      await control.orderCeiling(null, recordOf(request, null));
      return shown();
    },
  });
}

/** The ceiling is that of all tenants: where they are strangers to each other, one of them is the operator's. */
function requireMayOrder(identity: Identity, ceilingTenant: string | undefined): void {
  requireScope(identity, 'ops');
  if (ceilingTenant === undefined || identity.tenant === ceilingTenant) return;
  throw new ProblemError('forbidden', 'The ceiling of all tenants is not for this one to set.');
}

function inForce(control: Control, settings: Ceiling): InForce {
  const order = control.ceiling;
  const { burst, clientBurst, ...rates } = order?.ceiling ?? settings;
  return {
    ...rates,
    burstCapacity: burst,
    clientBurstCapacity: clientBurst,
    setBy: order?.ceiling == null ? 'settings' : 'operator',
    ...(order?.ceiling == null ? {} : { setAt: order.orderedAt }),
  };
}

function recordOf({ identity, raw }: FastifyRequest, ceiling: Ceiling | null): AuditEntry {
  const { tenant, subject, session } = identity;
  const details = Object.entries(ceiling ?? { ceiling: 'settings' });
  return {
    tenant,
    subject,
    session,
    action: 'operator.ceiling',
    details: Object.fromEntries(details.map(([name, value]) => [name, String(value)])),
    ...whereFrom(raw),
  };
}
