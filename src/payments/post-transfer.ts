// POST /payments/transfers: one transfer, moved once however often it is sent.
import { Type } from 'typebox';
import {
  IdempotencyKey,
  PostedTransfer,
  TransferBody,
  type TransferOutcome,
  type TransferRequest,
} from '../contracts/transfers.ts';
import { sendProblem, type App } from '../platform/http.ts';
import type { Admission } from './admission.ts';
import { postedBody, refusedProblem } from './answers.ts';
import type { TransferCounts } from './counts.ts';
import { transfersPath } from './door.ts';
import { createEntrance, idempotencyKey } from './entrance.ts';
import { transferRequest } from './transfer-request.ts';

export interface PostTransferParts {
  readonly admission: Admission;
  readonly counts: TransferCounts;
  readonly post: (request: TransferRequest) => Promise<TransferOutcome>;
}

export function addPostTransfer(app: App, { admission, counts, post }: PostTransferParts): void {
  app.route({
    method: 'POST',
    url: transfersPath,
    onRequest: createEntrance(admission, 'single'),
    schema: {
      operationId: 'postTransfer',
      summary: 'Post a transfer',
      tags: ['transfers'],
      headers: Type.Object({ 'idempotency-key': IdempotencyKey }),
      body: TransferBody,
      response: { 201: PostedTransfer },
      problems: [
        'idempotency_key_missing',
        'idempotency_key_reused',
        'request_in_flight',
        'account_not_found',
        'insufficient_funds',
        'balance_limit_exceeded',
        'currency_mismatch',
        'same_account',
      ],
    },
    handler: (request, reply) =>
      request.place.during(async () => {
        const transfer = transferRequest(request.identity, idempotencyKey(request), request.body);
        const outcome = await post(transfer);
        counts.decided(outcome.replayed ? 'replayed' : outcome.status);
        if (outcome.replayed) reply.header('idempotency-replayed', 'true');
        return outcome.status === 'posted'
          ? reply.code(201).send(postedBody(outcome))
          : sendProblem(request, reply, refusedProblem(outcome, transfersPath));
      }),
  });
}
