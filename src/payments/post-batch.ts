// POST /payments/transfers/batch: transfers in their order, each on its own. One refused transfer
// does not stop the next, so each has a result; only a body that cannot be read is refused as a whole,
// and a batch of which nothing could be begun. It goes to the core in shares: shedding/batch-shares.ts.
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
import type { App } from '../platform/app.ts';
import type { Identity } from '../platform/identity.ts';
import { postedBody, refusedProblem } from './answers.ts';
import { RequestTimeout } from '../platform/request-timeout.ts';
import { batchPath } from './shedding/door.ts';
import { showQuota, type Entrance } from './entrance.ts';
import type { Admission } from './shedding/admission.ts';
import { inShares, type BatchAsking } from './shedding/batch-shares.ts';
import { clientOf } from './shedding/client-quotas.ts';
import { transferRequest } from './transfer-request.ts';
import type { StageRing } from '../platform/stages.ts';
import type { WayToCore } from './way-to-core.ts';

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
  readonly entrance: Entrance;
  readonly admission: Admission;
  readonly core: Pick<WayToCore, 'postAll'>;
  readonly admitted: StageRing;
}

export function addPostBatch(app: App, parts: PostBatchParts): void {
  const { entrance, admission, admitted } = parts;
  app.route({
    method: 'POST',
    url: batchPath,
    onRequest: entrance,
    schema: {
      operationId: 'postTransfers',
      summary: 'Post up to 1,000 transfers in order',
      tags: ['transfers'],
      headers: Type.Object({ 'request-timeout': RequestTimeout }),
      body: BatchBody,
      response: { 200: BatchResults },
      problems: ['rate_limited'],
    },
    handler: ({ body, identity, place, deadlineMs, admittedAtMs }, reply) =>
      place.during(async () => {
        const client = clientOf(identity);
        const read = body.transfers.map((item) => readItem(identity, item, deadlineMs));
        const requests = read.filter(
          (item): item is TransferRequest => !(item instanceof ProblemError),
        );
        const outcomes = await postInShares(parts, { place, client, deadlineMs }, requests);
        showQuota(admission.quotas, client, reply);
        for (const outcome of outcomes) {
          if (outcome instanceof ProblemError || outcome.replayed) continue;
          if (outcome.status === 'posted') admitted.add(outcome.entryId, admittedAtMs);
        }
        let next = 0;
        const results = read.map((item, index): BatchResult => {
          const { key } = body.transfers[index]!;
          const outcome = item instanceof ProblemError ? item : outcomes[next++]!;
          return resultOf(key, outcome);
        });
        // The compiled serializer would try every result against both shapes.
        return reply.type('application/json').serializer(JSON.stringify).send({ results });
      }),
  });
}

/**
 * An outcome or an error for each request. What fails on the way stops the rest, which may have to come
 * after it; its caller sends those again, under their keys.
 * @throws what the first share fails with: then nothing of the batch is known to be done
 */
async function postInShares(
  { admission, core }: Pick<PostBatchParts, 'admission' | 'core'>,
  asking: BatchAsking,
  requests: readonly TransferRequest[],
): Promise<(TransferOutcome | ProblemError)[]> {
  const outcomes: (TransferOutcome | ProblemError)[] = [];
  try {
    await inShares(admission, asking, requests, async (share) => {
      outcomes.push(...(await core.postAll(share, asking.place.kind)));
    });
  } catch (error) {
    if (outcomes.length === 0 || !(error instanceof ProblemError)) throw error;
    outcomes.push(...requests.slice(outcomes.length).map(() => error));
  }
  return outcomes;
}

function readItem(
  identity: Identity,
  { key, ...body }: Item,
  deadlineMs: number,
): TransferRequest | ProblemError {
  try {
    return { ...transferRequest(identity, key, body), deadlineMs };
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
}

function resultOf(key: string, outcome: TransferOutcome | ProblemError): BatchResult {
  if (outcome instanceof ProblemError) return { key, status: 'refused', problem: shown(outcome) };
  const replayed = outcome.replayed ? ({ replayed: true } as const) : {};
  return outcome.status === 'posted'
    ? { key, ...postedBody(outcome), ...replayed }
    : { key, status: 'refused', problem: refusedProblem(outcome, batchPath), ...replayed };
}

function shown({ code, message, errors }: ProblemError): Problem {
  return problem(code, message, { instance: batchPath, errors });
}
