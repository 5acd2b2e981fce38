// What a load needs before it starts: accounts, opened through the public API as anybody would (those of
// an earlier run are used again), and tokens of many customers, because quotas are for each of them.
import { developmentKeys } from '../../platform/development-keys.ts';
import type { Settings } from '../../platform/settings.ts';
import { commandToken, connectApi, inWords, type Api } from '../api-client.ts';

const subjects = 100;
const tokenTtlSeconds = 24 * 3_600;
const openingAtOnce = 16;
const calls = { deadlineMs: 60_000 };
const repeatsPerSecondMax = 50;
const pageSize = 200;
const prefix = 'load-';
const account = { currency: 'EUR', minimumMinor: null };

/** The first has every scope; one only where ATLAS_TOKEN is set. */
export async function loadTokens(settings: Settings, tenant: string): Promise<readonly string[]> {
  const first = await commandToken(settings, 'atlas-load', tenant);
  if (settings.ATLAS_TOKEN !== undefined) return [first];
  const keys = await developmentKeys(settings.ATLAS_DATA);
  const others = Array.from({ length: subjects - 1 }, (_, index) =>
    keys.sign({
      tenant,
      subject: `atlas-load-${index + 2}`,
      accounts: '*',
      scope: 'transfers balances',
      ttlSeconds: tokenTtlSeconds,
    }),
  );
  return [first, ...(await Promise.all(others))];
}

export interface OpenAccountsOptions {
  readonly url: string;
  readonly token: string;
  /** Ends it: what it was aborted with is thrown. */
  readonly signal: AbortSignal;
  /** Told how many have to be opened, where some have. */
  readonly opening: (count: number) => void;
}

/** Resolves to the ids, of accounts in EUR without a lower limit. @throws when nobody answers. */
export async function loadAccounts(
  { url, token, signal, opening }: OpenAccountsOptions,
  count: number,
): Promise<readonly string[]> {
  await using api = await connectApi({
    url,
    token,
    connectionsMax: openingAtOnce,
    repeatsPerSecondMax,
  });
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  const open = await inWords(openIds(api, signal));
  const missing = ids.filter((id) => !open.has(id));
  if (missing.length > 0) opening(missing.length);
  await inWords(openAll(api, missing, signal));
  return ids;
}

async function openIds({ accounts }: Api, signal: AbortSignal): Promise<Set<string>> {
  const open = new Set<string>();
  const listed = accounts.list({ ...calls, signal, prefix, limit: pageSize });
  for await (const { accountId } of listed) open.add(accountId);
  return open;
}

async function openAll(
  { accounts }: Api,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const left = ids.values();
  await Promise.all(
    Array.from({ length: openingAtOnce }, async () => {
      for (const id of left) await accounts.open(id, account, { ...calls, signal });
    }),
  );
}
