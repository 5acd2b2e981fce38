// Opens accounts: idempotent by account id, and never changes one that exists.
import type { Account, OpenAccountOutcome, OpenAccountRequest } from '../contracts/accounts.ts';
import type { Balance } from '../contracts/balances.ts';
import { StruckOff, type PostBatchOptions } from './post-batch.ts';
import { insertAccount, selectAccount } from './statements.ts';

interface AccountRow {
  tenant: string;
  account_id: string;
  currency: string;
  minimum_minor: bigint | null;
  created_at: Date;
}

/** @throws StruckOff: this core may not write any more. */
export async function openAccount(
  { database, writerId, now }: PostBatchOptions,
  request: OpenAccountRequest,
): Promise<OpenAccountOutcome> {
  const { tenant, accountId, currency, minimumMinor } = request;
  const [created] = await database.query<AccountRow>(insertAccount, [
    tenant,
    accountId,
    currency,
    minimumMinor === null ? null : String(minimumMinor),
    now().toISOString(),
    writerId,
  ]);
  if (created !== undefined) return { status: 'created', account: accountOf(created) };
  const [existing] = await database.query<AccountRow>(selectAccount, [tenant, accountId, writerId]);
  if (existing === undefined) throw new StruckOff('This core was struck off; start it again');
  const account = accountOf(existing);
  const same = account.currency === currency && account.minimumMinor === minimumMinor;
  return { status: same ? 'exists' : 'conflict', account };
}

/** What a reader finds of an account until its first entry: a cache may have the word that it is not. */
export function openingBalance({ tenant, accountId, currency, createdAt }: Account): Balance {
  return {
    tenant,
    accountId,
    currency,
    bookedMinor: 0n,
    pendingMinor: 0n,
    version: 0,
    updatedAt: createdAt,
  };
}

function accountOf(row: AccountRow): Account {
  return {
    tenant: row.tenant,
    accountId: row.account_id,
    currency: row.currency,
    minimumMinor: row.minimum_minor,
    createdAt: row.created_at.toISOString(),
  };
}
