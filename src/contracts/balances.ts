// A balance is only comparable by its version: it rises by one with each change of the account, so
// whoever holds two balances knows which is newer, whatever way they came.

/** An account's balance at a version, as the roles pass it on. */
export interface Balance {
  readonly tenant: string;
  readonly accountId: string;
  readonly currency: string;
  readonly bookedMinor: bigint;
  /** Reserved by holds; available = booked - pending. */
  readonly pendingMinor: bigint;
  readonly version: number;
  /** ISO 8601, the time of the change that made this version. */
  readonly updatedAt: string;
}

/** The balance on the wire: HTTP body, cached value and (with `entryId`) hub and Kafka event. */
export interface BalanceBody {
  accountId: string;
  currency: string;
  availableMinor: string;
  pendingMinor: string;
  bookedMinor: string;
  version: number;
  updatedAt: string;
}

/**
 * Where other roles read balances: the ledger in the same process, or over HTTP at LEDGER_URL.
 * The answer is not older than any acknowledged change.
 */
export interface BalanceReader {
  /**
   * @param token the caller's own: it decides what may be read.
   * @throws ProblemError unauthenticated, forbidden, account_not_found, invalid_request, unavailable
   */
  read(token: string, accountId: string): Promise<Balance>;
}

export function balanceBody(balance: Balance): BalanceBody {
  return {
    accountId: balance.accountId,
    currency: balance.currency,
    availableMinor: String(balance.bookedMinor - balance.pendingMinor),
    pendingMinor: String(balance.pendingMinor),
    bookedMinor: String(balance.bookedMinor),
    version: balance.version,
    updatedAt: balance.updatedAt,
  };
}

export function balanceFromBody(tenant: string, body: BalanceBody): Balance {
  return {
    tenant,
    accountId: body.accountId,
    currency: body.currency,
    bookedMinor: BigInt(body.bookedMinor),
    pendingMinor: BigInt(body.pendingMinor),
    version: body.version,
    updatedAt: body.updatedAt,
  };
}
