// What the book says of what was shown. Entries never change, so a balance that was shown with its version has
// one right value for ever; one without a version must be of the last moments.
import type { AtlasClient, Entry } from '@atlas/client';
import { amountText } from '../../src/contracts/amount-text.ts';
import type { ShownBalance, ShownRow } from './shown.ts';

/** A balance that is older than this on a screen is a wrong one. */
const lateMsMax = 2_000;
/** Of the newest entries of an account that are looked through. */
const entriesMax = 4_000;
const pageRows = 200;
const isEntryId = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What is wrong, as a sentence; undefined when the screen agrees with the book. */
export type Verdict = string | undefined;

export async function judgeBalance(
  { accounts }: Pick<AtlasClient, 'accounts'>,
  shown: ShownBalance,
): Promise<Verdict> {
  const { accountId, text, version, seenAtMs } = shown;
  const { currency } = await accounts.get(accountId);
  const written = ({ balanceAfterMinor }: Entry) => amountText(balanceAfterMinor, currency);
  const possible: string[] = [];
  for await (const entry of newest(accounts, accountId)) {
    if (version === undefined || entry.version === version) possible.push(written(entry));
    const wasReplaced = Date.parse(entry.postedAt) < seenAtMs - lateMsMax;
    if (version === undefined ? wasReplaced : entry.version <= version) break;
  }
  if (possible.includes(text)) return undefined;
  const at = version === undefined ? new Date(seenAtMs).toISOString() : `v${version}`;
  return `${accountId} at ${at}: ${text} is shown, the book says ${possible.join(' or ')}`;
}

async function* newest(accounts: AtlasClient['accounts'], accountId: string) {
  let left = entriesMax;
  for await (const entry of accounts.entries(accountId, { limit: pageRows })) {
    yield entry;
    if ((left -= 1) === 0) return;
  }
}

/** A payment as it was posted; a refused one is named by its key. */
export async function judgePayment(
  { transfers }: Pick<AtlasClient, 'transfers'>,
  { reference, amounts }: ShownRow,
): Promise<Verdict> {
  const found = isEntryId.test(reference) ? transfers.get(reference) : transfers.find(reference);
  const { minor, currency } = await found;
  const text = amountText(minor, currency);
  return amounts[0] === text ? undefined : `${reference}: ${amounts[0]} is shown, not ${text}`;
}

/** Entries with the balance after each. */
export async function judgeEntries(
  { accounts }: Pick<AtlasClient, 'accounts'>,
  accountId: string,
  rows: readonly ShownRow[],
): Promise<Verdict[]> {
  const { currency } = await accounts.get(accountId);
  const open = new Map(rows.map((row) => [row.reference, row.amounts.join(', ')]));
  const verdicts: Verdict[] = [];
  for await (const { entryId, amountMinor, balanceAfterMinor } of newest(accounts, accountId)) {
    const shown = open.get(entryId);
    if (shown === undefined) continue;
    open.delete(entryId);
    const text = `${amountText(amountMinor, currency, true)}, ${amountText(balanceAfterMinor, currency)}`;
    verdicts.push(shown === text ? undefined : `${entryId}: ${shown} is shown, not ${text}`);
    if (open.size === 0) break;
  }
  return [...verdicts, ...[...open.keys()].map((entryId) => `${entryId} is not in the book`)];
}
