// GET /sessions/current: whose token this is, for who has signed in and would know whether it is taken.
// DELETE /sessions/current and DELETE /sessions: tokens that must not wait for their end. Every role
// refuses them within a second or two, and their connections to the hub are closed.
import { Type } from 'typebox';
import type { AuditEntry } from '../platform/audit.ts';
import type { Control } from '../platform/control.ts';
import type { App } from '../platform/app.ts';
import { requireScope, type Identity } from '../platform/identity.ts';
import { whereFrom } from '../platform/where-from.ts';

const Name = (description: string) =>
  Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\u0000-\\u001f\\u007f]+$',
    description,
  });

const Ended = Type.Unsafe<undefined>({ type: 'null', description: 'From now on they are refused' });

const CurrentSession = Type.Object(
  {
    tenant: Type.String(),
    subject: Type.String({ description: '`sub` of the token' }),
    accounts: Type.Union([Type.Literal('*'), Type.Array(Type.String())], {
      description: 'What it may see and debit; `*`: all of its tenant',
    }),
    scopes: Type.Array(Type.String()),
    session: Type.String({ description: '`sid` or `jti` of the token' }),
    expiresAt: Type.String({ format: 'date-time' }),
  },
  { title: 'CurrentSession' },
);

export function addSessions(app: App, control: Control): void {
  app.get(
    '/sessions/current',
    {
      schema: {
        operationId: 'getSession',
        summary: 'Whose token is sent, and what it may',
        description: 'As every role reads it; 401 says what is wrong with a token that none takes.',
        tags: ['sessions'],
        response: { 200: CurrentSession },
      },
    },
    ({ identity: { tenant, subject, accounts, scopes, session, expiresAtMs } }, reply) => {
      reply.header('cache-control', 'private, no-store');
      return {
        tenant,
        subject,
        accounts: accounts === '*' ? accounts : [...accounts],
        scopes: [...scopes],
        session,
        expiresAt: new Date(expiresAtMs).toISOString(),
      };
    },
  );
  app.delete(
    '/sessions/current',
    {
      schema: {
        operationId: 'signOut',
        summary: 'Ends the session of the token that is sent',
        description:
          'Every token with the same `sid` is refused from now on; without `sid` this token only.',
        tags: ['sessions'],
        response: { 204: Ended },
      },
    },
    async ({ identity, raw }, reply) => {
      await control.signOut(identity, recordOf(identity, whereFrom(raw), identity));
      return reply.code(204).send();
    },
  );
  app.delete(
    '/sessions',
    {
      schema: {
        operationId: 'revokeSessions',
        summary: 'Ends the sessions of a subject',
        description:
          'All that began before, or the one that is named. Needs the scope `ops`; the subject is one ' +
          "of the token's tenant.",
        tags: ['sessions'],
        querystring: Type.Object(
          {
            subject: Name('`sub` of the tokens'),
            session: Type.Optional(Name('`sid` of the tokens, or `jti` of one that has none')),
          },
          { additionalProperties: false },
        ),
        response: { 204: Ended },
      },
    },
    async ({ identity, query, raw }, reply) => {
      requireScope(identity, 'ops');
      const { subject, session = null } = query;
      const record = recordOf(identity, whereFrom(raw), { subject, session });
      await control.revoke({ tenant: identity.tenant, subject, session }, record);
      return reply.code(204).send();
    },
  );
}

function recordOf(
  { tenant, subject, session }: Identity,
  origin: ReturnType<typeof whereFrom>,
  whose: { readonly subject: string; readonly session: string | null },
): AuditEntry {
  const details = { subject: whose.subject, session: whose.session ?? 'all' };
  return { tenant, subject, session, action: 'session.revoke', details, ...origin };
}
