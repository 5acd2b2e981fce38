// Accounts and what stands on them.
import { AtlasError } from './atlas-error.ts';
import { limits } from './limits.ts';
import {
  readAccount,
  readBalance,
  readEntry,
  type Account,
  type Balance,
  type Entry,
} from './models.ts';
import { pagesOf, queryOf, type ListOptions, type Pages } from './pages.ts';
import type { Request } from './request.ts';
import type { CallOptions } from './retries.ts';
import type * as wire from './wire.ts';

export interface Accounts {
  /**
   * Opens an account; again with the same values it changes nothing. `minimumMinor` is the lowest
   * balance allowed: 0n by default, negative for an overdraft, null for no limit.
   * @throws AtlasError `account_conflict` when it exists with other values.
   */
  open(
    accountId: string,
    asked: { readonly currency: string; readonly minimumMinor?: bigint | null | undefined },
    options?: CallOptions,
  ): Promise<Account>;
  /** @throws AtlasError `account_not_found`, `forbidden` */
  get(accountId: string, options?: CallOptions): Promise<Account>;
  /** In order of their ids; those that begin with `prefix`. */
  list(options?: ListOptions & { readonly prefix?: string | undefined }): Pages<Account>;
  /**
   * The balance, never older than what was acknowledged before. With `minVersion` the server waits
   * up to a second for that version.
   * @throws AtlasError `version_not_reached`, `account_not_found`, `forbidden`
   */
  balance(
    accountId: string,
    options?: CallOptions & { readonly minVersion?: number | undefined },
  ): Promise<Balance>;
  /** Newest first, each with the balance after it. */
  entries(accountId: string, options?: ListOptions): Pages<Entry>;
}

export interface AccountsParts {
  readonly request: Request;
  readonly now: () => number;
  /** Told of every balance that was read, and when it was asked for. */
  readonly onBalance: (balance: Balance, askedAtMs: number) => void;
}

export function createAccounts({ request, now, onBalance }: AccountsParts): Accounts {
  const tagged = new Map<string, { readonly tag: string; readonly balance: Balance }>();

  function keep(accountId: string, tag: string | null, balance: Balance): void {
    tagged.delete(accountId);
    if (tag === null) return;
    tagged.set(accountId, { tag, balance });
    if (tagged.size > limits.taggedBalancesMax) tagged.delete(tagged.keys().next().value!);
  }

  return {
    async open(accountId, { currency, minimumMinor }, options) {
      const minimum = minimumMinor === null ? null : String(minimumMinor ?? 0n);
      const body = JSON.stringify({ currency, minimumMinor: minimum } satisfies wire.OpenAccount);
      const answer = await request({ method: 'PUT', path: pathOf(accountId), body }, options);
      return readAccount(answer.body as wire.Account);
    },
    async get(accountId, options) {
      const { body } = await request({ method: 'GET', path: pathOf(accountId) }, options);
      return readAccount(body as wire.Account);
    },
    list: ({ prefix, ...options } = {}) =>
      pagesOf(request, '/ledger/accounts', { ...options, query: { prefix } }, readAccount),
    async balance(accountId, { minVersion, ...options } = {}) {
      const query = queryOf({
        minVersion: minVersion === undefined ? undefined : String(minVersion),
      });
      const path = `${pathOf(accountId)}/balance${query}`;
      const known = tagged.get(accountId);
      const headers = known === undefined ? {} : { 'if-none-match': known.tag };
      const askedAtMs = now();
      const answer = await request({ method: 'GET', path, headers }, options);
      const balance =
        answer.status === 304 && known !== undefined
          ? known.balance
          : readBalance(answer.body as wire.Balance);
      keep(accountId, known?.balance === balance ? known.tag : answer.headers.get('etag'), balance);
      onBalance(balance, askedAtMs);
      return balance;
    },
    entries: (accountId, options = {}) =>
      pagesOf(request, `${pathOf(accountId)}/entries`, options, readEntry),
  };
}

/** "." and ".." would name another path before they are sent. */
function pathOf(accountId: string): string {
  if (/^(\.{0,2})$/.test(accountId)) {
    throw new AtlasError({
      code: 'invalid_request',
      status: 400,
      title: 'The request is not valid',
      detail: `${JSON.stringify(accountId)} is no account id.`,
    });
  }
  return `/ledger/accounts/${encodeURIComponent(accountId)}`;
}
