// Sends the transfers in the order of the file: a thousand a request, and one request at a time, since
// two under way at once could post the rows of one account in the wrong order. The next batch is read
// and put into words while the last one is under way.
import type { Problem } from '../../contracts/problems.ts';
import { batchTransfersMax } from '../../contracts/transfers.ts';
import type { ApiClient } from '../api-client.ts';
import { TryAgain, type Retries } from '../retries.ts';
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
  readonly api: ApiClient;
  readonly retries: Retries;
  readonly rows: AsyncIterable<TransferRow>;
  readonly refused: RefusedRows;
  /** Counted up as results arrive. */
  readonly totals: Totals;
  /** Asked before each batch. */
  readonly stopped: () => boolean;
}

interface Batch {
  readonly rows: readonly TransferRow[];
  readonly body: string;
}

interface BatchResult {
  readonly status: 'posted' | 'refused';
  readonly replayed?: true;
  readonly problem?: Problem;
}

/** Resolves when all rows have a result, or when stopped. */
export async function postTransfers(options: PostTransfersOptions): Promise<void> {
  const { rows, totals, refused, stopped } = options;
  await using batches = inBatches(rows);
  let next = await batches.next();
  while (!next.done && !stopped()) {
    const batch = next.value;
    const [results, following] = await Promise.all([postBatch(options, batch), batches.next()]);
    for (const [index, { status, replayed, problem }] of results.entries()) {
      if (status === 'refused') totals.refused += 1;
      else if (replayed) totals.replayed += 1;
      else totals.posted += 1;
      if (status === 'refused') refused.add(batch.rows[index]!.fields, problem!.code);
    }
    await refused.write();
    next = following;
  }
}

async function* inBatches(rows: AsyncIterable<TransferRow>): AsyncGenerator<Batch, undefined> {
  let batch: TransferRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < batchTransfersMax) continue;
    yield { rows: batch, body: bodyOf(batch) };
    batch = [];
  }
  if (batch.length > 0) yield { rows: batch, body: bodyOf(batch) };
}

/** A result for each row. Rows whose outcome is not final are sent again before the next batch. */
async function postBatch(
  { api, retries }: PostTransfersOptions,
  batch: Batch,
): Promise<BatchResult[]> {
  const results: BatchResult[] = [];
  let pending = batch.rows.map((_, index) => index);
  let { body } = batch;
  await retries.run(async () => {
    const answer = await api.call<{ results: BatchResult[] }>({
      method: 'POST',
      path: '/payments/transfers/batch',
      body,
    });
    if (answer.results.length !== pending.length) {
      throw new Error(`${answer.results.length} results came for ${pending.length} transfers`);
    }
    for (const [at, result] of answer.results.entries()) results[pending[at]!] = result;
    pending = pending.filter((index) => !isFinal(results[index]!));
    if (pending.length === 0) return;
    body = bodyOf(pending.map((index) => batch.rows[index]!));
    const { code, detail } = results[pending[0]!]!.problem!;
    throw new TryAgain(`${code}: ${detail}`);
  });
  return results;
}

function isFinal({ problem }: BatchResult): boolean {
  return problem === undefined || (problem.status !== 503 && problem.status !== 429);
}

function bodyOf(rows: readonly TransferRow[]): string {
  return JSON.stringify({ transfers: rows.map(({ item }) => item) });
}
