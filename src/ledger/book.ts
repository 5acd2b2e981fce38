// What the ledger reads from the database, each kind of it behind its own guard.
import type { Account } from '../contracts/accounts.ts';
import type { Balance } from '../contracts/balances.ts';
import type { Database } from '../engines/database.ts';
import type { AccountName } from './batched-reads.ts';
import type { ReadGuards } from './read-guards.ts';
import { selectAccount, selectAccounts, selectBalances, selectEntries } from './statements.ts';

/** An entry of an account with the transfer that made it. */
export interface Entry {
  readonly entryId: string;
  readonly version: number;
  /** Signed: negative where the account was debited. */
  readonly amountMinor: bigint;
  readonly balanceAfterMinor: bigint;
  readonly counterpartyAccountId: string;
  readonly narration: string | null;
  readonly effectiveAt: string | null;
  readonly postedAt: string;
}

/** Reads end when `caller` is aborted, with its reason. */
export interface Book {
  /** By one query; in the order of the names. `asked` is called when it is sent. */
  balances(
    names: readonly AccountName[],
    asked: () => void,
  ): Promise<readonly (Balance | undefined)[]>;
  account(tenant: string, accountId: string, caller: AbortSignal): Promise<Account | undefined>;
  /** In id order, after `after`. `listed`: the only ids that may appear. */
  accounts(query: AccountsQuery, caller: AbortSignal): Promise<Account[]>;
  /** Newest first, below version `before`; undefined where there is no account. */
  entries(query: EntriesQuery, caller: AbortSignal): Promise<Entry[] | undefined>;
}

export interface AccountsQuery {
  readonly tenant: string;
  readonly listed: ReadonlySet<string> | '*';
  readonly prefix: string;
  readonly after: string;
  readonly limit: number;
}

export interface EntriesQuery {
  readonly tenant: string;
  readonly accountId: string;
  readonly before: number;
  readonly limit: number;
}

interface BalanceRow {
  position: bigint;
  currency: string;
  booked_minor: bigint;
  pending_minor: bigint;
  version: bigint;
  updated_at: Date;
}

interface AccountRow {
  account_id: string;
  currency: string;
  minimum_minor: bigint | null;
  created_at: Date;
}

interface EntryRow {
  entry_id: string;
  version: bigint;
  amount_minor: bigint;
  balance_after_minor: bigint;
  counterparty: string;
  narration: string | null;
  effective_at: Date | null;
  decided_at: Date;
}

export function createBook(database: Database, guards: ReadGuards): Book {
  return {
    async balances(names, asked) {
      const tenants = names.map(({ tenant }) => tenant);
      const ids = names.map(({ accountId }) => accountId);
      const rows = await guards.balances.run((signal) => {
        asked();
        return database.query<BalanceRow>(selectBalances, [tenants, ids], signal);
      });
      const found: (Balance | undefined)[] = names.map(() => undefined);
      for (const row of rows) {
        const at = Number(row.position) - 1;
        found[at] = balanceOf(names[at]!, row);
      }
      return found;
    },
    async account(tenant, accountId, caller) {
      const [row] = await guards.accounts.run(
        (signal) => database.query<AccountRow>(selectAccount, [tenant, accountId], signal),
        caller,
      );
      return row === undefined ? undefined : accountOf(tenant, row);
    },
    async accounts({ tenant, listed, prefix, after, limit }, caller) {
      const ids = listed === '*' ? null : [...listed];
      const values = [tenant, limit, ids, after, prefix];
      const rows = await guards.accounts.run(
        (signal) => database.query<AccountRow>(selectAccounts, values, signal),
        caller,
      );
      return rows.map((row) => accountOf(tenant, row));
    },
    async entries({ tenant, accountId, before, limit }, caller) {
      const values = [tenant, accountId, limit, before];
      const rows = await guards.statements.run(
        (signal) => database.query<EntryRow>(selectEntries, values, signal),
        caller,
      );
      if (rows.length === 0) return undefined;
      return rows.filter(({ entry_id }) => entry_id !== null).map(entryOf);
    },
  };
}

function balanceOf({ tenant, accountId }: AccountName, row: BalanceRow): Balance {
  return {
    tenant,
    accountId,
    currency: row.currency,
    bookedMinor: row.booked_minor,
    pendingMinor: row.pending_minor,
    version: Number(row.version),
    updatedAt: row.updated_at.toISOString(),
  };
}

function accountOf(tenant: string, row: AccountRow): Account {
  return {
    tenant,
    accountId: row.account_id,
    currency: row.currency,
    minimumMinor: row.minimum_minor,
    createdAt: row.created_at.toISOString(),
  };
}

function entryOf(row: EntryRow): Entry {
  return {
    entryId: row.entry_id,
    version: Number(row.version),
    amountMinor: row.amount_minor,
    balanceAfterMinor: row.balance_after_minor,
    counterpartyAccountId: row.counterparty,
    narration: row.narration,
    effectiveAt: row.effective_at?.toISOString() ?? null,
    postedAt: row.decided_at.toISOString(),
  };
}
