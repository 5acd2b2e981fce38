// GET /ledger/audit: who did what in the token's tenant, newest first. A page is below a record's id,
// and ids rise with time, so what is recorded meanwhile shifts nothing.
import { Type } from 'typebox';
import { auditActions } from '../contracts/control.ts';
import { AccountId } from '../contracts/transfers.ts';
import type { AuditTrail } from '../platform/audit.ts';
import type { App } from '../platform/app.ts';
import { requireScope } from '../platform/identity.ts';
import { createLooks } from '../platform/looks.ts';
import { whereFrom } from '../platform/where-from.ts';
import { RequestTimeout } from '../platform/request-timeout.ts';
import type { AuditBook } from './audit-book.ts';
import {
  InstantQuery,
  NextCursor,
  instantMs,
  limitOf,
  pageQuery,
  readCursor,
  writeCursor,
} from '../platform/queries.ts';
import { waiting } from './waiting.ts';

const text = (description: string) => Type.String({ minLength: 1, maxLength: 255, description });
const nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const idForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const AuditRecordSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    at: Type.String({ format: 'date-time' }),
    action: Type.String({ description: 'What was done', examples: [...auditActions] }),
    code: nullable('Why: of a refusal or an end'),
    subject: Type.String({ description: 'Who did it: `sub` of the token' }),
    session: nullable('`sid` or `jti` of the token'),
    accountIds: Type.Array(Type.String()),
    connectionId: nullable('Of the hub'),
    node: Type.String({ description: 'The process where it happened' }),
    address: nullable('Addresses on the way here; all but the last are claims'),
    userAgent: nullable('As the client names itself'),
    details: Type.Record(Type.String(), Type.String(), { description: 'More, by action' }),
  },
  { title: 'AuditRecord' },
);

export interface AuditParts {
  readonly records: AuditBook;
  readonly audit: AuditTrail;
}

export function addGetAudit(app: App, { records, audit }: AuditParts): void {
  const look = createLooks(audit);
  app.get(
    '/ledger/audit',
    {
      schema: {
        operationId: 'listAuditRecords',
        summary: 'Who did what, newest first',
        description: "Needs the scope `ops`, and tells of the token's tenant only.",
        tags: ['operations'],
        querystring: Type.Object(
          {
            ...pageQuery,
            from: Type.Optional(InstantQuery('At this time or later')),
            to: Type.Optional(InstantQuery('Before this time')),
            subject: Type.Optional(text('Who did it')),
            accountId: Type.Optional(AccountId),
            action: Type.Optional(Type.String({ enum: [...auditActions] })),
            code: Type.Optional(text('Why')),
          },
          { additionalProperties: false },
        ),
        headers: Type.Object({ 'request-timeout': RequestTimeout }),
        response: {
          200: Type.Object(
            { items: Type.Array(AuditRecordSchema), nextCursor: NextCursor },
            { title: 'AuditPage' },
          ),
        },
      },
    },
    async (request, reply) => {
      const { identity, query, raw } = request;
      requireScope(identity, 'ops');
      const { subject, session, tenant } = identity;
      const { limit: asked, cursor, from, to, ...filters } = query;
      look({
        action: 'audit.read',
        tenant,
        subject,
        session,
        details: { ...filters, ...(from && { from }), ...(to && { to }) },
        ...whereFrom(raw),
      });
      const limit = limitOf(asked);
      const found = await records.find(
        {
          tenant,
          fromMs: instantMs('from', from),
          toMs: instantMs('to', to),
          before: cursor === undefined ? undefined : readCursor('audit', cursor, idForm),
          ...filters,
          limit: limit + 1,
        },
        waiting(request, reply),
      );
      const page = found.slice(0, limit);
      reply.header('cache-control', 'private, no-store');
      return {
        items: page,
        nextCursor: found.length > limit ? writeCursor('audit', page.at(-1)!.id) : null,
      };
    },
  );
}
