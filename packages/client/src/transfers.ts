// Moving money exactly once over a network that may fail at any moment. The key is made once and goes
// with the same bytes at every try; where the tries end without an answer, the book is asked what
// became of the key, and what stays unknown is said to be unknown.
import { AtlasError } from './atlas-error.ts';
import type { Answer } from './attempt.ts';
import { limits } from './limits.ts';
import {
  readFoundTransfer,
  readListedTransfer,
  writeTransfer,
  type BatchResult,
  type FoundTransfer,
  type ListedTransfer,
  type Receipt,
  type Transfer,
} from './models.ts';
import { postBatch, type BatchParts } from './post-batch.ts';
import { pagesOf, queryOf, type ListOptions, type Pages } from './pages.ts';
import type { CallOptions } from './retries.ts';
import type * as wire from './wire.ts';
import type { TransferTimeline } from './wire.ts';

export interface PostOptions extends CallOptions {
  /** Yours, kept where it outlives a crash, when a restarted app must be able to ask again. */
  readonly key?: string | undefined;
}

export interface TransferQuery extends ListOptions {
  /** From or to this account. */
  readonly account?: string | undefined;
  /** A part of it, in whatever case. */
  readonly narration?: string | undefined;
  /** Exactly this amount, in minor units. */
  readonly minor?: bigint | undefined;
  readonly minMinor?: bigint | undefined;
  readonly maxMinor?: bigint | undefined;
  readonly currency?: string | undefined;
  readonly state?: 'posted' | 'refused' | undefined;
  /** Times as ISO 8601: decided at `from` or later, before `to`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** What a page of transfers says beside its items. */
export interface SearchedTo {
  /**
   * All that is selected and was decided after this time is in this page or in those before it; null:
   * there is nothing older. A page of a search may be empty though there are more.
   */
  readonly searchedTo: string | null;
}

export interface Transfers {
  /**
   * Posts a transfer, once however often it is tried.
   * @throws AtlasError: its `outcome` says whether money moved; `insufficient_funds` and the other
   *   refusals of the book are final for the key.
   */
  post(transfer: Transfer, options?: PostOptions): Promise<Receipt>;
  /**
   * Posts up to 1,000 transfers in their order, each on its own: a refused one stops no other.
   * Result i belongs to transfer i. What is still not settled at the deadline is refused with a
   * retriable error.
   * @throws AtlasError when no answer came at all.
   */
  postBatch(
    transfers: readonly (Transfer & { readonly key?: string | undefined })[],
    options?: CallOptions,
  ): Promise<BatchResult[]>;
  /** @throws AtlasError `not_found` */
  get(entryId: string, options?: CallOptions): Promise<FoundTransfer>;
  /** By idempotency key; one still under way is found once it is done. @throws AtlasError `not_found` */
  find(key: string, options?: CallOptions): Promise<FoundTransfer>;
  /** Newest first, refused ones too; those that touch the token's accounts. */
  list(query?: TransferQuery): Pages<ListedTransfer, SearchedTo>;
  /** When it passed each stage of its way, as measured. @throws AtlasError `not_found` */
  timeline(entryId: string, options?: CallOptions): Promise<TransferTimeline>;
}

export function createTransfers(parts: BatchParts): Transfers {
  const { request, newKey } = parts;

  async function find(key: string, options?: CallOptions): Promise<FoundTransfer> {
    const path = `/payments/transfers${queryOf({ key })}`;
    const { body } = await request({ method: 'GET', path }, options);
    return readFoundTransfer(body as wire.FoundTransfer);
  }

  async function post(transfer: Transfer, options: PostOptions = {}): Promise<Receipt> {
    const { key = newKey(), deadlineMs = limits.deadlineMs, ...rest } = options;
    const lookupMs = Math.min(limits.lookupMs, deadlineMs / 4);
    try {
      const call = {
        method: 'POST',
        path: '/payments/transfers',
        body: JSON.stringify(writeTransfer(transfer)),
        headers: { 'idempotency-key': key },
      } as const;
      return receiptOf(key, await request(call, { ...rest, deadlineMs: deadlineMs - lookupMs }));
    } catch (error) {
      if (!(error instanceof AtlasError)) throw error;
      if (error.outcome !== 'unknown') throw error.of(key);
      return settled(error.of(key), await find(key, { ...rest, deadlineMs: lookupMs }).catch(none));
    }
  }

  return {
    post,
    postBatch: (transfers, options) => postBatch(parts, transfers, options),
    async get(entryId, options) {
      const path = pathOf(entryId);
      const { body } = await request({ method: 'GET', path }, options);
      return readFoundTransfer(body as wire.FoundTransfer);
    },
    find,
    list({ signal, deadlineMs, onRetry, limit, minor, minMinor, maxMinor, ...query } = {}) {
      const amounts = { minor: text(minor), minMinor: text(minMinor), maxMinor: text(maxMinor) };
      const options = { signal, deadlineMs, onRetry, limit, query: { ...query, ...amounts } };
      return pagesOf<ListedTransfer, SearchedTo>(
        request,
        '/payments/transfers',
        options,
        readListedTransfer,
      );
    },
    async timeline(entryId, options) {
      const path = `${pathOf(entryId)}/timeline`;
      return (await request({ method: 'GET', path }, options)).body as TransferTimeline;
    },
  };
}

function pathOf(entryId: string): string {
  return `/payments/transfers/${encodeURIComponent(entryId)}`;
}

function text(minor: bigint | undefined): string | undefined {
  return minor === undefined ? undefined : String(minor);
}

function receiptOf(key: string, { body, headers }: Answer): Receipt {
  const replayed = headers.get('idempotency-replayed') === 'true';
  return { ...(body as wire.PostedTransfer), key, replayed };
}

/** What the book says decides; where it says nothing, the money may still move. */
function settled(error: AtlasError, found: FoundTransfer | undefined): Receipt {
  if (found === undefined) throw error;
  if (found.status === 'refused') throw found.error;
  const { key, status, entryId, source, destination, postedAt } = found;
  return { key, status, entryId, source, destination, postedAt, replayed: true };
}

/** An aborted lookup ends the call all the same; any other leaves the outcome as unknown as it was. */
function none(error: unknown): undefined {
  if (!(error instanceof AtlasError)) throw error;
  return undefined;
}
