// The newest entries of an account over a restart, so that a start without a network shows more than a
// number.
import type { Claims, Entry } from '@atlas/client';
import { limits } from '../limits.ts';
import { storage } from '../storage.ts';

/** JSON knows no bigint. */
type Written = Omit<Entry, 'amountMinor' | 'balanceAfterMinor'> & {
  readonly amountMinor: string;
  readonly balanceAfterMinor: string;
};

const slotOf = ({ tenant, subject }: Claims, accountId: string): string =>
  ['atlas.entries', tenant, subject, accountId].map(encodeURIComponent).join('/');

export async function loadEntries(claims: Claims, accountId: string): Promise<Entry[]> {
  const text = await storage.load(slotOf(claims, accountId));
  return text === undefined ? [] : (JSON.parse(text) as Written[]).map(readEntry);
}

export function keepEntries(claims: Claims, accountId: string, rows: readonly Entry[]): void {
  const newest = rows.slice(0, limits.keptEntriesMax).map(writeEntry);
  void storage.save(slotOf(claims, accountId), JSON.stringify(newest));
}

function writeEntry(entry: Entry): Written {
  const { amountMinor, balanceAfterMinor } = entry;
  return {
    ...entry,
    amountMinor: amountMinor.toString(),
    balanceAfterMinor: balanceAfterMinor.toString(),
  };
}

function readEntry(written: Written): Entry {
  const { amountMinor, balanceAfterMinor } = written;
  return {
    ...written,
    amountMinor: BigInt(amountMinor),
    balanceAfterMinor: BigInt(balanceAfterMinor),
  };
}
