// What the other roles may ask of the core, the one writer of money. Two implementations: the core
// itself in the same process, and its HTTP client (core/remote.ts) at LEDGER_INTERNAL.
import type { OpenAccountOutcome, OpenAccountRequest } from './accounts.ts';
import type { StoredTransfer, TransferOutcome, TransferRequest } from './transfers.ts';

/** The most transfers in one hand-over to the core, and so in one database transaction. */
export const handOverMax = 1_024;

export interface Core {
  /**
   * Posts requests in their order, each on its own: a refused one does not stop the next.
   * Resolves when all are durable and no cache answers an older balance; outcome i belongs to
   * request i. At most `handOverMax` requests. One whose deadline passes before its transaction begins
   * is `overloaded`: nothing happened.
   * @throws ProblemError `unavailable` when the outcome is unknown: retry with the same keys;
   *   `overloaded` when the queue is full: nothing happened.
   */
  post(requests: readonly TransferRequest[]): Promise<TransferOutcome[]>;

  /**
   * How long what waits in the core will wait, in milliseconds and at its present pace, as last heard: 0 while a
   * connection is free.
   */
  waitMs(): number;

  /** The transfer with this entry id or idempotency key; refused ones are found by key only. */
  find(
    tenant: string,
    by: { readonly entryId: string } | { readonly key: string },
  ): Promise<StoredTransfer | undefined>;

  /** Opens an account, or compares an existing one with the request. Durable when it resolves. */
  openAccount(request: OpenAccountRequest): Promise<OpenAccountOutcome>;
}
