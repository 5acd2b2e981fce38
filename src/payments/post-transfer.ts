// POST /payments/transfers: one transfer, moved once however often it is sent.
import { Type } from 'typebox';
import { IdempotencyKey, PostedTransfer, TransferBody } from '../contracts/transfers.ts';
import type { App } from '../platform/app.ts';
import { sendProblem } from '../platform/http.ts';
import { postedBody, refusedProblem } from './answers.ts';
import { RequestTimeout } from '../platform/request-timeout.ts';
import { transfersPath } from './shedding/door.ts';
import { idempotencyKey, type Entrance } from './entrance.ts';
import type { RecentKeys } from './shedding/recent-keys.ts';
import { Shed } from './shedding/shed.ts';
import { transferRequest } from './transfer-request.ts';
import type { StageRing } from '../platform/stages.ts';
import type { WayToCore } from './way-to-core.ts';

export interface PostTransferParts {
  readonly entrance: Entrance;
  readonly recent: RecentKeys;
  readonly core: Pick<WayToCore, 'post'>;
  readonly admitted: StageRing;
}

export function addPostTransfer(
  app: App,
  { entrance, recent, core, admitted }: PostTransferParts,
): void {
  app.route({
    method: 'POST',
    url: transfersPath,
    onRequest: entrance,
    schema: {
      operationId: 'postTransfer',
      summary: 'Post a transfer',
      tags: ['transfers'],
      headers: Type.Object({
        'idempotency-key': IdempotencyKey,
        'request-timeout': RequestTimeout,
      }),
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
        'rate_limited',
      ],
    },
    handler: (request, reply) =>
      request.place.during(async () => {
        const { identity, deadlineMs, admittedAtMs, place } = request;
        const key = idempotencyKey(request);
        const transfer = transferRequest(identity, key, request.body);
        try {
          const outcome = await core.post({ ...transfer, deadlineMs }, place.kind);
          if (outcome.replayed) reply.header('idempotency-replayed', 'true');
          else if (outcome.status === 'posted') admitted.add(outcome.entryId, admittedAtMs);
          return outcome.status === 'posted'
            ? reply.code(201).send(postedBody(outcome))
            : sendProblem(request, reply, refusedProblem(outcome, transfersPath));
        } catch (error) {
          if (error instanceof Shed) recent.forget(identity, key);
          throw error;
        }
      }),
  });
}
