// Sends the transfers in the order of the file: a thousand a request, and one request at a time, since
// two under way at once could post the rows of one account in the wrong order. The next batch is read
// while the last one is under way. Rows that are not settled are sent again before the next batch.
import type { BatchResult, CallOptions } from '@atlas/client';
import { batchTransfersMax } from '../../contracts/transfers.ts';
import type { Api } from '../api-client.ts';
import type { RefusedRows } from './refused-rows.ts';
import type { TransferRow } from './transfer-rows.ts';

/** Rows by what became of them. */
export interface Totals {
  posted: number;
  /** Posted by an earlier request with the key, of this run or another: nothing moved again. */
  replayed: number;
  refused: number;
}

export interface PostTransfersOptions {
  readonly api: Pick<Api, 'transfers'>;
  readonly calls: CallOptions;
  readonly rows: AsyncIterable<TransferRow>;
  readonly refused: RefusedRows;
  /** Counted up as results arrive. */
  readonly totals: Totals;
  /** Asked before each batch. */
  readonly stopped: () => boolean;
}

/** Resolves when all rows have a result, or when stopped. */
export async function postTransfers(options: PostTransfersOptions): Promise<void> {
  const { rows, totals, refused, stopped } = options;
  await using batches = inBatches(rows);
  let next = await batches.next();
  while (!next.done && !stopped()) {
    const batch = next.value;
    const [results, following] = await Promise.all([postBatch(options, batch), batches.next()]);
    for (const [index, result] of results.entries()) {
      if (result.status === 'posted') totals[result.replayed ? 'replayed' : 'posted'] += 1;
      else {
        totals.refused += 1;
        refused.add(batch[index]!.fields, result.error.code);
      }
    }
    await refused.write();
    next = following;
  }
}

async function* inBatches(
  rows: AsyncIterable<TransferRow>,
): AsyncGenerator<TransferRow[], undefined> {
  let batch: TransferRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < batchTransfersMax) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A final result for each row. @throws AtlasError of what is not settled when the time is over */
async function postBatch(
  { api, calls }: PostTransfersOptions,
  batch: readonly TransferRow[],
): Promise<BatchResult[]> {
  const results = await api.transfers.postBatch(
    batch.map(({ item }) => ({ ...item, minor: BigInt(item.minor) })),
    calls,
  );
  for (const result of results) {
    if (result.status === 'refused' && result.error.retriable) throw result.error;
  }
  return results;
}
