// POST /payments/transfers/batch: transfers in their order, each on its own. One refused transfer
// does not stop the next, so each has a result; only a body that cannot be read is refused as a whole.
import { Type, type Static } from 'typebox';
import { ProblemSchema } from '../contracts/problem-schema.ts';
import { ProblemError, problem, type Problem } from '../contracts/problems.ts';
import {
  batchTransfersMax,
  PostedTransfer,
  TransferItem,
  type TransferOutcome,
  type TransferRequest,
} from '../contracts/transfers.ts';
import type { App } from '../platform/http.ts';
import type { Identity } from '../platform/identity.ts';
import type { Admission } from './admission.ts';
import { postedBody, refusedProblem } from './answers.ts';
import type { TransferCounts } from './counts.ts';
import { batchPath } from './door.ts';
import { createEntrance } from './entrance.ts';
import { transferRequest } from './transfer-request.ts';

/** An amount out of range is its item's error, and not that of the batch. */
const Item = Type.Object(
  {
    ...TransferItem.properties,
    minor: Type.Union([Type.String({ maxLength: 64 }), Type.Number()], {
      description: 'As in a single transfer; what is out of range is refused by itself',
    }),
  },
  { additionalProperties: false },
);
type Item = Static<typeof Item>;

const BatchBody = Type.Object(
  { transfers: Type.Array(Item, { minItems: 1, maxItems: batchTransfersMax }) },
  { title: 'Batch', additionalProperties: false },
);

const common = {
  key: Type.String(),
  replayed: Type.Optional(Type.Literal(true, { description: 'An earlier request decided this' })),
};
const BatchResult = Type.Union([
  Type.Object({ ...common, ...PostedTransfer.properties }),
  Type.Object({ ...common, status: Type.Literal('refused'), problem: ProblemSchema }),
]);
type BatchResult = Static<typeof BatchResult>;
const BatchResults = Type.Object({ results: Type.Array(BatchResult) }, { title: 'BatchResults' });

export interface PostBatchParts {
  readonly admission: Admission;
  readonly counts: TransferCounts;
  readonly postAll: (requests: readonly TransferRequest[]) => Promise<TransferOutcome[]>;
}

export function addPostBatch(app: App, { admission, counts, postAll }: PostBatchParts): void {
  app.route({
    method: 'POST',
    url: batchPath,
    onRequest: createEntrance(admission, 'batch'),
    schema: {
      operationId: 'postTransfers',
      summary: 'Post up to 1,000 transfers in order',
      tags: ['transfers'],
      body: BatchBody,
      response: { 200: BatchResults },
    },
    handler: (request, reply) =>
      request.place.during(async () => {
        const read = request.body.transfers.map((item) => readItem(request.identity, item));
        const requests = read.filter(
          (item): item is TransferRequest => !(item instanceof ProblemError),
        );
        const outcomes = requests.length === 0 ? [] : await postAll(requests);
        let next = 0;
        const results = read.map((item, index): BatchResult => {
          const { key } = request.body.transfers[index]!;
          if (item instanceof ProblemError) return { key, status: 'refused', problem: shown(item) };
          const outcome = outcomes[next++]!;
          counts.decided(outcome.replayed ? 'replayed' : outcome.status);
          return resultOf(key, outcome);
        });
        // The compiled serializer would try every result against both shapes.
        return reply.type('application/json').serializer(JSON.stringify).send({ results });
      }),
  });
}

function readItem(identity: Identity, { key, ...body }: Item): TransferRequest | ProblemError {
  try {
    return transferRequest(identity, key, body);
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

function resultOf(key: string, outcome: TransferOutcome): BatchResult {
  const replayed = outcome.replayed ? ({ replayed: true } as const) : {};
  return outcome.status === 'posted'
    ? { key, ...postedBody(outcome), ...replayed }
    : { key, status: 'refused', problem: refusedProblem(outcome, batchPath), ...replayed };
}

function shown({ code, message, errors }: ProblemError): Problem {
  return problem(code, message, { instance: batchPath, errors });
}
