// Opens the accounts of accounts.csv, several at once. An account that exists with other values stays
// as it is and is reported.
import { AtlasError, type CallOptions } from '@atlas/client';
import type { Api } from '../api-client.ts';
import type { AccountRow } from './account-rows.ts';
import type { RefusedRows } from './refused-rows.ts';

export const accountsAtOnceMax = 16;

export interface OpenAccountsOptions {
  readonly api: Pick<Api, 'accounts'>;
  readonly calls: CallOptions;
  readonly rows: AsyncIterable<AccountRow>;
  readonly refused: RefusedRows;
}

/** Resolves to how many accounts of the file are open now. */
export async function openAccounts(options: OpenAccountsOptions): Promise<number> {
  let opened = 0;
  const underWay = new Map<string, Promise<void>>();
  for await (const row of options.rows) {
    // Of two rows for one account the first decides.
    if (underWay.has(row.accountId)) await Promise.all(underWay.values());
    while (underWay.size >= accountsAtOnceMax) await Promise.race(underWay.values());
    const opening = open(options, row)
      .then((isOpen) => {
        if (isOpen) opened += 1;
      })
      .finally(() => underWay.delete(row.accountId));
    underWay.set(row.accountId, opening);
  }
  await Promise.all(underWay.values());
  await options.refused.write();
  return opened;
}

async function open(
  { api, calls, refused }: OpenAccountsOptions,
  { accountId, currency, minimumMinor, fields }: AccountRow,
): Promise<boolean> {
  try {
    const minimum = minimumMinor === null ? null : BigInt(minimumMinor);
    await api.accounts.open(accountId, { currency, minimumMinor: minimum }, calls);
    return true;
  } catch (error) {
    if (!(error instanceof AtlasError) || error.code !== 'account_conflict') throw error;
    refused.add(fields, error.code);
    return false;
  }
}
