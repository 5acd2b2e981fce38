// Lists of stored transfers, newest first, as the roles ask each other for them: payments knows who may see
// what, the ledger reads the book. Two implementations: the ledger itself in the same process, and its
// HTTP client (ledger/remote-transfers.ts) at LEDGER_URL.
import type { StoredTransfer } from './transfers.ts';

/** Accounts of a token by which a list is selected; a longer list must name the one that is meant. */
export const listedAccountsMax = 50;
/** The most transfers in one page. */
export const transfersPageMax = 200;

/** Where a list goes on: with what is older than this transfer. */
export interface ListPosition {
  readonly decidedAtMs: number;
  readonly entryId: string;
}

export interface TransferFilters {
  readonly state?: 'posted' | 'refused' | undefined;
  readonly minMinor?: bigint | undefined;
  readonly maxMinor?: bigint | undefined;
  readonly currency?: string | undefined;
  /** A part of it, in whatever case. */
  readonly narration?: string | undefined;
  /** Decided at this time or later. */
  readonly fromMs?: number | undefined;
  /** Decided before this time. */
  readonly toMs?: number | undefined;
}

export interface TransfersQuery extends TransferFilters {
  readonly tenant: string;
  /** Only what touches one of these, at most `listedAccountsMax`; undefined: all of the tenant's. */
  readonly accountIds?: readonly string[] | undefined;
  /** Refusals of transfers that would have gone to these accounts are the payers' own affair. */
  readonly ownRefusalsOnly: boolean;
  readonly before?: ListPosition | undefined;
  readonly limit: number;
}

export interface ListedTransfer extends StoredTransfer {
  readonly position: ListPosition;
}

export interface TransfersFound {
  readonly items: readonly ListedTransfer[];
  /** Where the next page begins; undefined when there is nothing more that could be found. */
  readonly next: ListPosition | undefined;
}

export interface TransferReader {
  /**
   * Looks at a bounded number of transfers, so that a page may be short, or empty, though there is more:
   * `next` says how far back it has looked.
   * @throws ProblemError `unavailable`, `overloaded`
   */
  list(query: TransfersQuery): Promise<TransfersFound>;
}
