// Sending money, and asking afterwards what became of a transfer.
import type { Problem } from '../../../../src/contracts/problems.ts';
import type { PostedTransfer } from '../../../../src/contracts/transfers.ts';
import { ApiError, type Api } from './http.ts';

export interface TransferDraft {
  readonly sourceAccountId: string;
  readonly destinationAccountId: string;
  readonly minor: string;
  readonly currency: string;
  readonly narration?: string;
}

export interface Receipt {
  readonly transfer: PostedTransfer;
  /** True when an earlier try with the same key had moved the money already. */
  readonly replayed: boolean;
}

/** Posts a transfer; `body` is the JSON text of a draft, the same at every try with its key. */
export async function postTransfer(api: Api, key: string, body: string): Promise<Receipt> {
  const { body: transfer, headers } = await api<PostedTransfer>('/payments/transfers', {
    method: 'POST',
    body,
    headers: { 'idempotency-key': key },
  });
  return { transfer, replayed: headers.get('idempotency-replayed') === 'true' };
}

/** A transfer as it is stored: what was asked, and what became of it. */
export type FoundTransfer = TransferDraft & {
  readonly key: string;
  readonly effectiveAt?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, string>>;
} & (PostedTransfer | { readonly status: 'refused'; readonly problem: Problem });

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Finds a transfer by its entry id, or by its idempotency key, which may look like an id too. */
export async function findTransfer(
  api: Api,
  reference: string,
  signal?: AbortSignal,
): Promise<FoundTransfer> {
  const byKey = `/payments/transfers?key=${encodeURIComponent(reference)}`;
  const byId = `/payments/transfers/${reference}`;
  if (!uuid.test(reference)) return (await api<FoundTransfer>(byKey, { signal })).body;
  try {
    return (await api<FoundTransfer>(byId, { signal })).body;
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'not_found') throw error;
    return (await api<FoundTransfer>(byKey, { signal })).body;
  }
}
