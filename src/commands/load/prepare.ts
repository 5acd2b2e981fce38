// What a load needs before it starts: accounts, opened through the public API as anybody would (those of
// an earlier run are used again), and tokens of many customers, because quotas are for each of them.
import { createRetries, type Retries } from '../retries.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { developmentKeys } from '../../platform/development-keys.ts';
import type { Settings } from '../../platform/settings.ts';
import { connectApi, commandToken, type ApiClient } from '../api-client.ts';

const subjects = 100;
const tokenTtlSeconds = 24 * 3_600;
const openingAtOnce = 16;
const giveUpAfterMs = 60_000;
const repeatsPerSecondMax = 50;
const pageSize = 200;
const prefix = 'load-';

/** The first has every scope; one only where ATLAS_TOKEN is set. */
export async function loadTokens(settings: Settings): Promise<readonly string[]> {
  const first = await commandToken(settings, 'atlas-load');
  if (settings.ATLAS_TOKEN !== undefined) return [first];
  const keys = await developmentKeys(settings.ATLAS_DATA);
  const others = Array.from({ length: subjects - 1 }, (_, index) =>
    keys.sign({
      tenant: 'tnt_demo',
      subject: `atlas-load-${index + 2}`,
      accounts: '*',
      scope: 'transfers balances',
      ttlSeconds: tokenTtlSeconds,
    }),
  );
  return [first, ...(await Promise.all(others))];
}

/** Resolves to the ids, of accounts in EUR without a lower limit. @throws when nobody answers. */
export async function loadAccounts(
  place: { readonly url: string; readonly token: string },
  count: number,
): Promise<readonly string[]> {
  await using api = connectApi(place, { connectionsMax: openingAtOnce });
  const retries = createRetries({
    giveUpAfterMs,
    repeatsPerSecondMax,
    random: Math.random,
    nowMs: () => performance.now(),
    pause: (ms) => pause(ms),
  });
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  const open = await openAlready(api, retries);
  const missing = ids.filter((id) => !open.has(id)).values();
  await Promise.all(
    Array.from({ length: openingAtOnce }, async () => {
      for (const id of missing) await openAccount(api, retries, id);
    }),
  );
  return ids;
}

async function openAlready(api: ApiClient, retries: Retries): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | null | undefined;
  do {
    const after: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor!)}`;
    const page: { items: { accountId: string }[]; nextCursor: string | null } = await retries.run(
      () =>
        api.call({
          method: 'GET',
          path: `/ledger/accounts?prefix=${prefix}&limit=${pageSize}${after}`,
        }),
    );
    for (const { accountId } of page.items) ids.add(accountId);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return ids;
}

async function openAccount(api: ApiClient, retries: Retries, id: string): Promise<void> {
  await retries.run(() =>
    api.call({
      method: 'PUT',
      path: `/ledger/accounts/${id}`,
      body: '{"currency":"EUR","minimumMinor":null}',
    }),
  );
}
