// GET /payments/transfers/{entryId} and ?key=…: what became of a transfer, for callers who never
// heard. Only the key finds a refused one, because it has moved nothing that an entry could name.
import { Type } from 'typebox';
import { ProblemSchema } from '../contracts/problem-schema.ts';
import type { Core } from '../contracts/core.ts';
import { ProblemError } from '../contracts/problems.ts';
import { IdempotencyKey, PostedTransfer } from '../contracts/transfers.ts';
import type { App } from '../platform/http.ts';
import { mayUse, requireScope, type Identity } from '../platform/identity.ts';
import { storedBody } from './answers.ts';
import { transfersPath } from './shedding/door.ts';

const uuid = '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$';

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
const FoundTransfer = Type.Union(
  [
    Type.Object({ ...PostedTransfer.properties, ...asked }),
    Type.Object({ status: Type.Literal('refused'), problem: ProblemSchema, ...asked }),
  ],
  { title: 'FoundTransfer' },
);

type Found = ReturnType<typeof storedBody>;

export function addFindTransfers(app: App, core: Pick<Core, 'find'>): void {
  const answers = { response: { 200: FoundTransfer }, problems: ['not_found'] } as const;
  const tags = ['transfers'];
  app.get(
    `${transfersPath}/:entryId`,
    {
      schema: {
        operationId: 'getTransfer',
        summary: 'A transfer by its entry id',
        tags,
        params: Type.Object({ entryId: Type.String({ pattern: uuid }) }),
        ...answers,
      },
    },
    (request, reply) => {
      reply.type('application/json').serializer(JSON.stringify);
      return find(core, request.identity, { entryId: request.params.entryId.toLowerCase() });
    },
  );
  app.get(
    transfersPath,
    {
      schema: {
        operationId: 'findTransfer',
        summary: 'A transfer by its idempotency key',
        tags,
        querystring: Type.Object({ key: IdempotencyKey }, { additionalProperties: false }),
        ...answers,
      },
    },
    (request, reply) => {
      reply.type('application/json').serializer(JSON.stringify);
      return find(core, request.identity, { key: request.query.key });
    },
  );
}

async function find(
  core: Pick<Core, 'find'>,
  identity: Identity,
  by: Parameters<Core['find']>[1],
): Promise<Found> {
  requireScope(identity, 'transfers');
  const stored = await core.find(identity.tenant, by);
  if (stored === undefined) throw new ProblemError('not_found', 'No such transfer.');
  const { source, destination } = stored.request;
  if (!mayUse(identity, source) && !mayUse(identity, destination)) {
    throw new ProblemError('forbidden', 'The token lists neither account of this transfer.');
  }
  return storedBody(stored, identity);
}
