// Answers balances from the cache, and from the book where the cache has none. One reader per account
// reads the book and fills; those that came meanwhile look into the cache again, because the filler
// may have read before a transfer that they already know of.
import type { Balance } from '../contracts/balances.ts';
import type { BalanceCache } from '../engines/balance-cache.ts';
import { batchReads } from './batched-reads.ts';
import type { Book } from './book.ts';
import type { CacheCounts } from './cache-counts.ts';

/** Looks into the cache before the book is read without it: a hot account may be overtaken each time. */
const looksMax = 3;

export interface BalancesOptions {
  readonly cache: BalanceCache;
  readonly book: Pick<Book, 'balances'>;
  readonly counts: CacheCounts;
}

export interface Balances {
  /** Not older than any change acknowledged before the call; undefined where there is no account. */
  read(tenant: string, accountId: string): Promise<Balance | undefined>;
}

export function createBalances({ cache, book, counts }: BalancesOptions): Balances {
  const fills = new Map<string, Promise<void>>();
  const fromBook = batchReads({ readMany: book.balances, counts });

  /** The permit was given before the book is read, so whatever overtakes this read revokes it. */
  function readAndFill(tenant: string, accountId: string, permit: string) {
    const key = keyOf(tenant, accountId);
    const reading = fromBook.read({ tenant, accountId });
    const filled = reading
      .then((balance) => {
        counts.filled(balance !== undefined);
        return cache.fill(tenant, accountId, balance, permit);
      })
      .catch(noop)
      .finally(() => fills.delete(key));
    fills.set(key, filled);
    return reading;
  }

  return {
    async read(tenant, accountId) {
      for (let look = 1; look <= looksMax; look += 1) {
        const read = await cache.read(tenant, accountId);
        if (look === 1) counts.read(read.found);
        if (read.found === 'hit') {
          counts.saved(1);
          return read.balance;
        }
        if (read.found === 'bypass') break;
        const filling = fills.get(keyOf(tenant, accountId));
        if (filling === undefined) return readAndFill(tenant, accountId, read.permit);
        await filling;
      }
      return fromBook.read({ tenant, accountId });
    },
  };
}

function keyOf(tenant: string, accountId: string): string {
  return `${tenant}:${accountId}`;
}

function noop(): void {}
