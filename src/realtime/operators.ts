// What operators (scope `ops`) see of the hub and do there: the replicas, who is connected where and to
// what, and ending a connection wherever it is. Each look is recorded, and shows the tenant of the
// token and nothing of any other; there is no view across tenants.
import { Type } from 'typebox';
import { ProblemError } from '../contracts/problems.ts';
import { AccountId } from '../contracts/transfers.ts';
import type { AuditEntry, AuditTrail } from '../platform/audit.ts';
import type { App } from '../platform/http.ts';
import { requireScope } from '../platform/identity.ts';
import { whereFrom } from '../platform/where-from.ts';
import type { FastifyRequest } from 'fastify';
import { recordedOf } from './authenticate.ts';
import { ConnectionSchema, NodeSchema } from './replica.ts';
import type { Replicas } from './replicas.ts';

const limitDefault = 50;

const Unanswered = Type.Array(Type.String(), {
  description: 'Replicas that did not answer in time: what they know is missing here',
});

export interface OperatorParts {
  readonly replicas: Replicas;
  readonly audit: AuditTrail;
}

export function addOperators(app: App, { replicas, audit }: OperatorParts): void {
  const record = (
    { identity, raw }: FastifyRequest,
    entry: Pick<AuditEntry, 'action' | 'details' | 'connectionId' | 'code' | 'accountIds'>,
  ) => audit.record({ ...recordedOf(identity), ...whereFrom(raw), ...entry });

  app.get(
    '/ws/nodes',
    {
      schema: {
        operationId: 'listHubNodes',
        summary: 'The replicas of the hub',
        tags: ['operations'],
        response: {
          200: Type.Object(
            { items: Type.Array(NodeSchema), unanswered: Unanswered },
            { title: 'HubNodes' },
          ),
        },
      },
    },
    async (request, reply) => {
      requireScope(request.identity, 'ops');
      record(request, { action: 'operator.nodes' });
      const { tenant } = request.identity;
      const { answers, unanswered } = await replicas.ask((replica) => replica.look(tenant));
      reply.header('cache-control', 'private, no-store');
      return {
        items: answers.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
        unanswered,
      };
    },
  );
  app.get(
    '/ws/connections',
    {
      schema: {
        operationId: 'listHubConnections',
        summary: 'Who is connected, and to what',
        tags: ['operations'],
        querystring: Type.Object(
          {
            subject: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
            accountId: Type.Optional(AccountId),
            slow: Type.Optional(
              Type.String({
                enum: ['true', 'false'],
                description: 'Only those that do not take what they are sent, or only the others',
              }),
            ),
            limit: Type.Optional(
              Type.String({
                pattern: '^([1-9][0-9]?|1[0-9][0-9]|200)$',
                description: `The most that are shown: 1-200, else ${limitDefault}`,
              }),
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object(
            {
              total: Type.Integer({ description: 'As many there are, shown or not' }),
              items: Type.Array(ConnectionSchema, { description: 'Those that came last, first' }),
              unanswered: Unanswered,
            },
            { title: 'HubConnections' },
          ),
        },
      },
    },
    async (request, reply) => {
      requireScope(request.identity, 'ops');
      const { slow, limit: shown, ...filters } = request.query;
      const { accountId } = filters;
      record(request, {
        action: 'operator.connections',
        details: request.query,
        accountIds: accountId === undefined ? undefined : [accountId],
      });
      const limit = Number(shown ?? limitDefault);
      const query = {
        tenant: request.identity.tenant,
        ...filters,
        ...(slow === undefined ? {} : { slow: slow === 'true' }),
        limit,
      };
      const { answers, unanswered } = await replicas.ask((replica) => replica.connections(query));
      const items = answers.flatMap((answer) => answer.items);
      reply.header('cache-control', 'private, no-store');
      return {
        total: answers.reduce((sum, answer) => sum + answer.total, 0),
        items: items.toSorted((a, b) => (a.connectedAt > b.connectedAt ? -1 : 1)).slice(0, limit),
        unanswered,
      };
    },
  );
  app.delete(
    '/ws/connections/:id',
    {
      schema: {
        operationId: 'closeHubConnection',
        summary: 'Ends a connection, wherever it is',
        description:
          'The client hears `closed_by_operator` and does not come back by itself. To keep its user ' +
          'out, end the sessions too.',
        tags: ['operations'],
        params: Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) }),
        response: { 204: Type.Unsafe<undefined>({ type: 'null', description: 'It is closed' }) },
        problems: ['not_found'],
      },
    },
    async (request, reply) => {
      requireScope(request.identity, 'ops');
      const { tenant } = request.identity;
      const { id } = request.params;
      const { answers, unanswered } = await replicas.ask((replica) =>
        replica.disconnect(tenant, id),
      );
      const code = answers.includes(true)
        ? undefined
        : unanswered.length > 0
          ? 'unavailable'
          : 'not_found';
      record(request, { action: 'operator.disconnect', connectionId: id, code });
      if (code === undefined) return reply.code(204).send();
      throw new ProblemError(
        code,
        code === 'not_found'
          ? 'No such connection is open.'
          : 'It is at none of the replicas that answered; try again.',
      );
    },
  );
}
