// What operators (scope `ops`) see of the hub and do there: the replicas, who is connected where and to
// what, and ending a connection wherever it is. Each look is recorded, and shows the tenant of the
// token and nothing of any other; there is no view across tenants.
import { Type } from 'typebox';
import { ProblemError } from '../contracts/problems.ts';
import { AccountId } from '../contracts/transfers.ts';
import type { AuditEntry, AuditTrail } from '../platform/audit.ts';
import type { App } from '../platform/app.ts';
import { requireScope } from '../platform/identity.ts';
import { createLooks } from '../platform/looks.ts';
import { limitOf, NextCursor, pageQuery, readCursor, writeCursor } from '../platform/queries.ts';
import { whereFrom } from '../platform/where-from.ts';
import type { FastifyRequest } from 'fastify';
import { recordedOf } from './caller.ts';
import {
  byArrival,
  ConnectionSchema,
  NodeSchema,
  type ConnectionView,
  type Position,
} from './replica.ts';
import type { Replicas } from './replicas.ts';

const Unanswered = Type.Array(Type.String(), {
  description: 'Replicas that did not answer in time: what they know is missing here',
});

const ConnectionParams = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }) });

export interface OperatorParts {
  readonly replicas: Replicas;
  readonly audit: AuditTrail;
}

export function addOperators(app: App, { replicas, audit }: OperatorParts): void {
  const look = createLooks(audit);
  const entryOf = (
    { identity, raw }: FastifyRequest,
    entry: Pick<AuditEntry, 'action' | 'details' | 'connectionId' | 'code' | 'accountIds'>,
  ) => ({ ...recordedOf(identity), ...whereFrom(raw), ...entry });

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
      look(entryOf(request, { action: 'operator.nodes' }));
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
            node: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 255,
                description: 'Only those of this replica',
              }),
            ),
            slow: Type.Optional(
              Type.String({
                enum: ['true', 'false'],
                description: 'Only those that do not take what they are sent, or only the others',
              }),
            ),
            ...pageQuery,
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object(
            {
              total: Type.Integer({ description: 'As many there are, on this page or not' }),
              items: Type.Array(ConnectionSchema, { description: 'Those that came last, first' }),
              nextCursor: NextCursor,
              unanswered: Unanswered,
            },
            { title: 'HubConnections' },
          ),
        },
      },
    },
    async (request, reply) => {
      requireScope(request.identity, 'ops');
      const { slow, limit: asked, cursor, ...filters } = request.query;
      const { accountId } = filters;
      const details = { ...filters, ...(slow === undefined ? {} : { slow }) };
      const accountIds = accountId === undefined ? undefined : [accountId];
      look(entryOf(request, { action: 'operator.connections', details, accountIds }));
      const limit = limitOf(asked);
      const query = {
        tenant: request.identity.tenant,
        ...filters,
        ...(slow === undefined ? {} : { slow: slow === 'true' }),
        ...(cursor === undefined ? {} : { after: readPosition(cursor) }),
        limit,
      };
      const { answers, unanswered } = await replicas.ask((replica) => replica.connections(query));
      const found = answers
        .flatMap(({ items }) => items)
        .toSorted((a, b) => byArrival(positionOf(a), positionOf(b)));
      const items = found.slice(0, limit);
      const isMore = found.length > limit || answers.some((answer) => answer.isMore);
      reply.header('cache-control', 'private, no-store');
      return {
        total: answers.reduce((sum, answer) => sum + answer.total, 0),
        items,
        nextCursor: isMore ? writePosition(items.at(-1)!) : null,
        unanswered,
      };
    },
  );
  app.get(
    '/ws/connections/:id',
    {
      schema: {
        operationId: 'getHubConnection',
        summary: 'One connection, wherever it is',
        tags: ['operations'],
        params: ConnectionParams,
        response: { 200: ConnectionSchema },
        problems: ['not_found'],
      },
    },
    async (request, reply) => {
      requireScope(request.identity, 'ops');
      const { tenant } = request.identity;
      const { id } = request.params;
      const details = { connectionId: id };
      look(entryOf(request, { action: 'operator.connections', details }));
      const { answers, unanswered } = await replicas.ask((replica) =>
        replica.connections({ tenant, connectionId: id, limit: 1 }),
      );
      const [found] = answers.flatMap(({ items }) => items);
      if (found === undefined) throw missing(unanswered);
      reply.header('cache-control', 'private, no-store');
      return found;
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
        params: ConnectionParams,
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
      const problem = answers.includes(true) ? undefined : missing(unanswered);
      const code = problem?.code;
      audit.record(entryOf(request, { action: 'operator.disconnect', connectionId: id, code }));
      if (problem !== undefined) throw problem;
      return reply.code(204).send();
    },
  );
}

/** It may be at one of those that did not answer. */
function missing(unanswered: readonly string[]): ProblemError {
  return unanswered.length > 0
    ? new ProblemError('unavailable', 'It is at none of the replicas that answered; try again.')
    : new ProblemError('not_found', 'No such connection is open.');
}

const positionForm = /^\d{1,16} [A-Za-z0-9_-]{1,64}$/;

function positionOf({ connectedAt, connectionId }: ConnectionView): Position {
  return { connectedAtMs: Date.parse(connectedAt), connectionId };
}

function writePosition(view: ConnectionView): string {
  const { connectedAtMs, connectionId } = positionOf(view);
  return writeCursor('connections', `${connectedAtMs} ${connectionId}`);
}

/** @throws ProblemError `invalid_request` */
function readPosition(cursor: string): Position {
  const [ms, connectionId] = readCursor('connections', cursor, positionForm).split(' ');
  return { connectedAtMs: Number(ms), connectionId: connectionId! };
}
