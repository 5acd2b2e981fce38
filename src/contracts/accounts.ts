// An account as clients see it: its fixed properties. What changes with every transfer is its balance.

/** Not "." and "..": in a path they mean something else to every HTTP client. */
export const accountIdForm = /^(?!\.{1,2}$)[A-Za-z0-9:_.+-]{1,128}$/;

export interface Account {
  readonly tenant: string;
  readonly accountId: string;
  readonly currency: string;
  /** The lowest available balance allowed; null: no lower limit. */
  readonly minimumMinor: bigint | null;
  readonly createdAt: string;
}

export interface AccountBody {
  accountId: string;
  currency: string;
  minimumMinor: string | null;
  createdAt: string;
}

export interface OpenAccountRequest {
  readonly tenant: string;
  readonly accountId: string;
  readonly currency: string;
  readonly minimumMinor: bigint | null;
}

export type OpenAccountOutcome =
  | { readonly status: 'created' | 'exists'; readonly account: Account }
  | { readonly status: 'conflict'; readonly account: Account };

export function accountBody(account: Account): AccountBody {
  return {
    accountId: account.accountId,
    currency: account.currency,
    minimumMinor: account.minimumMinor === null ? null : String(account.minimumMinor),
    createdAt: account.createdAt,
  };
}
