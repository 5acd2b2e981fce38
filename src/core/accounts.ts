// Opens accounts: idempotent by account id, and never changes one that exists.
import type { Account, OpenAccountOutcome, OpenAccountRequest } from '../contracts/accounts.ts';
import type { Database } from '../engines/database.ts';
import { insertAccount, selectAccount } from './statements.ts';

interface AccountRow {
  tenant: string;
  account_id: string;
  currency: string;
  minimum_minor: bigint | null;
  created_at: Date;
}

export async function openAccount(
  database: Database,
  request: OpenAccountRequest,
  now: Date,
): Promise<OpenAccountOutcome> {
  const { tenant, accountId, currency, minimumMinor } = request;
  const [created] = await database.query<AccountRow>(insertAccount, [
    tenant,
    accountId,
    currency,
    minimumMinor === null ? null : String(minimumMinor),
    now.toISOString(),
  ]);
  if (created !== undefined) return { status: 'created', account: accountOf(created) };
  const [existing] = await database.query<AccountRow>(selectAccount, [tenant, accountId]);
  const account = accountOf(existing!);
  const same = account.currency === currency && account.minimumMinor === minimumMinor;
  return { status: same ? 'exists' : 'conflict', account };
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
