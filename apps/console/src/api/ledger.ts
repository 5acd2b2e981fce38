// The ledger's read side, and the opening of accounts.
import type { AccountBody } from '../../../../src/contracts/accounts.ts';
import type { BalanceBody } from '../../../../src/contracts/balances.ts';
import type { Api } from './http.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor?: string | null;
}

/** One line of an account's statement. */
export interface Entry {
  readonly entryId: string;
  readonly version: number;
  /** Signed: money in is positive. */
  readonly amountMinor: string;
  readonly balanceAfterMinor: string;
  readonly counterpartyAccountId: string;
  readonly narration: string | null;
  readonly effectiveAt: string | null;
  readonly postedAt: string;
}

const account = (accountId: string) => `/ledger/accounts/${encodeURIComponent(accountId)}`;

function query(values: Record<string, string | number | undefined>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

export async function listAccounts(
  api: Api,
  asked: { prefix?: string; cursor?: string | undefined; limit: number; signal?: AbortSignal },
): Promise<Page<AccountBody>> {
  const { signal, ...values } = asked;
  return (await api<Page<AccountBody>>(`/ledger/accounts?${query(values)}`, { signal })).body;
}

export async function readAccount(api: Api, id: string, signal?: AbortSignal) {
  return (await api<AccountBody>(account(id), { signal })).body;
}

export async function openAccount(
  api: Api,
  asked: { accountId: string; currency: string; minimumMinor: string | null },
): Promise<AccountBody> {
  const { accountId, ...values } = asked;
  const body = JSON.stringify(values);
  return (await api<AccountBody>(account(accountId), { method: 'PUT', body })).body;
}

export async function readBalance(api: Api, id: string, signal?: AbortSignal) {
  return (await api<BalanceBody>(`${account(id)}/balance`, { signal })).body;
}

export async function listEntries(
  api: Api,
  asked: { accountId: string; cursor: string | undefined; limit: number },
): Promise<Page<Entry>> {
  const { accountId, ...values } = asked;
  return (await api<Page<Entry>>(`${account(accountId)}/entries?${query(values)}`)).body;
}
