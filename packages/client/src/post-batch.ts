// A batch in one request. Where some of it was not settled (overload, a part that was away), only
// those are sent again, under their keys, in their order.
import { AtlasError } from './atlas-error.ts';
import { limits } from './limits.ts';
import { readBatchResult, writeTransfer, type BatchResult, type Transfer } from './models.ts';
import { tryWithToken, type Request, type RequestParts } from './request.ts';
import { withRetries, type CallOptions } from './retries.ts';
import type * as wire from './wire.ts';

export interface BatchParts extends RequestParts {
  readonly request: Request;
  readonly newKey: () => string;
}

/** See Transfers.postBatch. */
export async function postBatch(
  parts: BatchParts,
  transfers: readonly (Transfer & { readonly key?: string | undefined })[],
  options: CallOptions = {},
): Promise<BatchResult[]> {
  const items = transfers.map((transfer) => ({
    ...writeTransfer(transfer),
    key: transfer.key ?? parts.newKey(),
  }));
  const results: BatchResult[] = [];
  let open = items.map((_, index) => index);
  const attempt = async (timeoutMs: number): Promise<void> => {
    const body = JSON.stringify({ transfers: open.map((index) => items[index]!) });
    const call = { method: 'POST', path: '/payments/transfers/batch', body } as const;
    const answer = await tryWithToken(parts, call, timeoutMs, options.signal);
    const answered = (answer.body as wire.BatchResults).results;
    if (answered.length !== open.length) {
      throw new Error(`${answered.length} results came for ${open.length} transfers`);
    }
    for (const [at, result] of answered.entries()) results[open[at]!] = readBatchResult(result);
    open = open.filter((index) => retriableErrorOf(results[index]!) !== undefined);
    if (open.length > 0) throw retriableErrorOf(results[open[0]!]!)!;
  };
  try {
    await withRetries(parts, options, attempt, limits.batchAttemptMs);
  } catch (error) {
    if (!(error instanceof AtlasError) || results.length < items.length) throw error;
  }
  return results;
}

function retriableErrorOf(result: BatchResult): AtlasError | undefined {
  return result.status === 'refused' && result.error.retriable ? result.error : undefined;
}
