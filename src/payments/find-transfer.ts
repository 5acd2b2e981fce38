// GET /payments/transfers/{entryId}: what became of a transfer, for callers who never heard. By its key it is
// found where transfers are listed; only the key finds a refused one, because it has moved nothing that
// an entry could name.
import { Type } from 'typebox';
import { ProblemSchema } from '../contracts/problem-schema.ts';
import type { Core } from '../contracts/core.ts';
import { ProblemError } from '../contracts/problems.ts';
import { PostedTransfer, type StoredTransfer } from '../contracts/transfers.ts';
import type { App } from '../platform/app.ts';
import { mayUse, requireScope, type Identity } from '../platform/identity.ts';
import { storedBody } from './answers.ts';
import { transfersPath } from './shedding/door.ts';

export const EntryId = Type.String({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
});

/** What was asked for. */
const asked = {
  key: Type.String(),
  sourceAccountId: Type.String(),
  destinationAccountId: Type.String(),
  minor: Type.String(),
  currency: Type.String(),
  narration: Type.Optional(Type.String()),
  effectiveAt: Type.Optional(Type.String()),
  metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
  context: Type.Optional(Type.Record(Type.String(), Type.String())),
};
const posted = { ...PostedTransfer.properties, ...asked };
const refused = { status: Type.Literal('refused'), problem: ProblemSchema, ...asked };
export const FoundTransfer = Type.Union([Type.Object(posted), Type.Object(refused)], {
  title: 'FoundTransfer',
});

const decidedAt = Type.String({
  format: 'date-time',
  description: 'When it was posted or refused: the time by which lists are ordered',
});
export const ListedTransfer = Type.Union(
  [Type.Object({ ...posted, decidedAt }), Type.Object({ ...refused, decidedAt })],
  { title: 'ListedTransfer' },
);

type Found = ReturnType<typeof storedBody>;

export function addFindTransfer(app: App, core: Pick<Core, 'find'>): void {
  app.get(
    `${transfersPath}/:entryId`,
    {
      schema: {
        operationId: 'getTransfer',
        summary: 'A transfer by its entry id',
        tags: ['transfers'],
        params: Type.Object({ entryId: EntryId }),
        response: { 200: FoundTransfer },
        problems: ['not_found'],
      },
    },
    (request, reply) => {
      reply.type('application/json').serializer(JSON.stringify);
      return find(core, request.identity, { entryId: request.params.entryId.toLowerCase() });
    },
  );
}

/** @throws ProblemError `not_found`, `forbidden` */
export async function find(
  core: Pick<Core, 'find'>,
  identity: Identity,
  by: Parameters<Core['find']>[1],
): Promise<Found> {
  return storedBody(await requireTransfer(core, identity, by), identity);
}

/** A transfer that the token may see. @throws ProblemError `not_found`, `forbidden` */
export async function requireTransfer(
  core: Pick<Core, 'find'>,
  identity: Identity,
  by: Parameters<Core['find']>[1],
): Promise<StoredTransfer> {
  requireScope(identity, 'transfers');
  const stored = await core.find(identity.tenant, by);
  if (stored === undefined) throw new ProblemError('not_found', 'No such transfer.');
  const { source, destination } = stored.request;
  if (!mayUse(identity, source) && !mayUse(identity, destination)) {
    throw new ProblemError('forbidden', 'The token lists neither account of this transfer.');
  }
  return stored;
}
