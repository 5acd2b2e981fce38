// The control plane over HTTP, for processes without a core.
import { Type } from 'typebox';
import {
  auditActions,
  auditBatchMax,
  rolesPerProcessMax,
  type AuditRecord,
  type ControlPlane,
} from '../contracts/control.ts';
import type { App } from '../platform/app.ts';
import { internalOnly } from '../platform/internal-guard.ts';

export const newsPath = '/internal/control/news';
export const nodesPath = '/internal/control/nodes';
export const seenNodesPath = '/internal/control/nodes/seen';
export const revocationsPath = '/internal/control/revocations';
export const ceilingPath = '/internal/control/ceiling';
export const auditPath = '/internal/control/audit';

/** A full batch of records with the longest texts and lists. */
const bodyLimit = 64 * 1024 * 1024;

const Text = Type.String({ minLength: 1, maxLength: 1_024 });
const Ms = Type.Integer({ minimum: 0, maximum: 8.64e15 });
const closed = { additionalProperties: false };

const NodeSchema = Type.Object(
  { id: Text, role: Text, url: Text, version: Text, startedAt: Text },
  closed,
);

const AuditSchema = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    at: Type.String({ format: 'date-time' }),
    tenant: Text,
    subject: Text,
    session: Type.Optional(Text),
    action: Type.String({ enum: [...auditActions] }),
    code: Type.Optional(Text),
    accountIds: Type.Optional(Type.Array(Text, { maxItems: 1_000 })),
    connectionId: Type.Optional(Text),
    node: Text,
    address: Type.Optional(Text),
    userAgent: Type.Optional(Text),
    details: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 1_024 }))),
  },
  closed,
);

const NewsBody = Type.Object(
  {
    cursor: Type.Integer({ minimum: 0 }),
    nodes: Type.Optional(Type.Array(NodeSchema, { maxItems: rolesPerProcessMax })),
  },
  closed,
);

const RevokeBody = Type.Object(
  {
    revocation: Type.Object(
      {
        tenant: Text,
        subject: Text,
        session: Type.Union([Text, Type.Null()]),
        revokedAtMs: Ms,
        expiresAtMs: Ms,
      },
      closed,
    ),
    record: AuditSchema,
  },
  closed,
);

const Whole = (minimum: number) => Type.Integer({ minimum, maximum: 1_000_000 });

const CeilingBody = Type.Object(
  {
    ceiling: Type.Union([
      Type.Object(
        {
          ratePerSecond: Whole(1),
          burst: Whole(1),
          clientRatePerSecond: Whole(0),
          clientBurst: Whole(1),
        },
        closed,
      ),
      Type.Null(),
    ]),
    record: AuditSchema,
  },
  closed,
);

const AppendBody = Type.Object(
  { records: Type.Array(AuditSchema, { minItems: 1, maxItems: auditBatchMax }) },
  closed,
);

/** Adds the routes that `connectControlPlane` calls. */
export function addControlApi(app: App, control: ControlPlane, secret: string): void {
  const internal = { ...internalOnly(secret), bodyLimit };
  app.route({
    ...internal,
    method: 'POST',
    url: newsPath,
    schema: { hide: true, body: NewsBody },
    handler: ({ body }) => control.news(body.cursor, body.nodes),
  });
  app.route({
    ...internal,
    method: 'GET',
    url: nodesPath,
    schema: { hide: true, querystring: Type.Object({ role: Text }, closed) },
    handler: async ({ query }) => ({ nodes: await control.nodes(query.role) }),
  });
  app.route({
    ...internal,
    method: 'GET',
    url: seenNodesPath,
    schema: { hide: true },
    handler: async () => ({ nodes: await control.seenNodes() }),
  });
  app.route({
    ...internal,
    method: 'POST',
    url: revocationsPath,
    schema: { hide: true, body: RevokeBody },
    handler: async ({ body }) => {
      await control.revoke(body.revocation, body.record as AuditRecord);
      return {};
    },
  });
  app.route({
    ...internal,
    method: 'PUT',
    url: ceilingPath,
    schema: { hide: true, body: CeilingBody },
    handler: ({ body }) => control.orderCeiling(body.ceiling, body.record as AuditRecord),
  });
  app.route({
    ...internal,
    method: 'POST',
    url: auditPath,
    schema: { hide: true, body: AppendBody },
    handler: async ({ body }) => {
      await control.append(body.records as AuditRecord[]);
      return {};
    },
  });
}
