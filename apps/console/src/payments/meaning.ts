// What somebody means who types into the search of payments. Operators paste whatever they have, so each
// form that can be told apart is, and a single word is looked up as what it may name.
import { AtlasError, type AtlasClient } from '@atlas/client';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import { readFilters } from './filters.ts';

/** What the search changes in the address, and in words how it was understood. */
export interface Meaning {
  readonly set: Readonly<Record<string, string>>;
  readonly words: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const key = /^[\x21-\x7e]{1,255}$/;

/** @throws AtlasError other than that there is no such thing, or that the token may not see it */
export async function meaningOf(
  { transfers, accounts }: AtlasClient,
  typed: string,
  signal: AbortSignal,
): Promise<Meaning> {
  const text = typed.trim();
  if (uuid.test(text)) return { set: { find: text }, words: 'An entry id or a key.' };
  if (!('fault' in readFilters({ amount: text }))) {
    return { set: { amount: text }, words: `Payments of ${text}.` };
  }
  if (key.test(text) && (await exists(transfers.find(text, { signal })))) {
    return { set: { find: text }, words: 'The payment of this key.' };
  }
  if (accountIdForm.test(text) && (await exists(accounts.get(text, { signal })))) {
    return { set: { account: text }, words: `Payments of the account ${text}.` };
  }
  const nothing = key.test(text) ? 'No key and no account is called so: narrations' : 'Narrations';
  return { set: { narration: text.slice(0, 140) }, words: `${nothing} with “${text}”.` };
}

async function exists(found: Promise<unknown>): Promise<boolean> {
  try {
    await found;
    return true;
  } catch (error) {
    const codes = ['not_found', 'account_not_found', 'forbidden', 'invalid_request'];
    if (error instanceof AtlasError && codes.includes(error.code)) return false;
    throw error;
  }
}
