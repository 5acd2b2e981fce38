// Reads balances from the book in as few queries as it takes: while queries are under way, accounts
// queue, and the next query takes them all. So an emptied cache costs the database a bounded number of
// queries at once, each a little longer, instead of one for every reader.
import type { Balance } from '../contracts/balances.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { CacheCounts } from './cache-counts.ts';

/** Queries under way. One would make those that miss a moment later wait twice. */
const queriesAtOnceMax = 2;
/** Accounts in one query. */
const accountsMax = 256;
/** Reads that may wait for a query or its answer. */
const readsMax = 10_000;

export interface AccountName {
  readonly tenant: string;
  readonly accountId: string;
}

export interface BatchedReadsOptions {
  /** One query; the balance of each account in their order. `asked` is called when it is sent. */
  readMany(
    names: readonly AccountName[],
    asked: () => void,
  ): Promise<readonly (Balance | undefined)[]>;
  readonly counts: Pick<CacheCounts, 'databaseCall' | 'saved' | 'failed'>;
}

export interface BatchedReads {
  /**
   * By a query that begins after this call, so not older than what its caller knows.
   * @throws ProblemError `overloaded`, and what `readMany` throws.
   */
  read(name: AccountName): Promise<Balance | undefined>;
}

interface Wanted extends AccountName {
  readonly readers: PromiseWithResolvers<Balance | undefined>[];
}

export function batchReads({ readMany, counts }: BatchedReadsOptions): BatchedReads {
  const queue = new Map<string, Wanted>();
  let reads = 0;
  let queries = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || queries >= queriesAtOnceMax || queue.size === 0) return;
    scheduled = true;
    // After the answers of this turn, so that what missed together is read together.
    setImmediate(() => {
      scheduled = false;
      while (queries < queriesAtOnceMax && queue.size > 0) void query(take());
    });
  }

  function take(): Wanted[] {
    const some = [...queue.entries().take(accountsMax)];
    for (const [key] of some) queue.delete(key);
    return some.map(([, wanted]) => wanted);
  }

  async function query(wanted: readonly Wanted[]): Promise<void> {
    queries += 1;
    // One of its reads is the one that the database was called for; the others were saved a call.
    let called = 0;
    const asked = () => {
      called = 1;
      counts.databaseCall();
    };
    const count = wanted.reduce((sum, { readers }) => sum + readers.length, 0);
    try {
      const balances = await readMany(wanted, asked);
      counts.saved(count - called);
      for (const [i, { readers }] of wanted.entries()) {
        for (const { resolve } of readers) resolve(balances[i]);
      }
    } catch (error) {
      counts.failed(count - called);
      for (const { readers } of wanted) for (const { reject } of readers) reject(error);
    }
    reads -= count;
    queries -= 1;
    schedule();
  }

  return {
    async read({ tenant, accountId }) {
      if (reads >= readsMax) {
        counts.failed(1);
        throw new ProblemError('overloaded', 'Too many reads wait for the book; try again.', {
          retryAfterSeconds: 1,
        });
      }
      reads += 1;
      // A tenant has no colon, so two accounts never share a name.
      const key = `${tenant}:${accountId}`;
      const wanted = queue.get(key) ?? { tenant, accountId, readers: [] };
      queue.set(key, wanted);
      const reader = Promise.withResolvers<Balance | undefined>();
      wanted.readers.push(reader);
      schedule();
      return reader.promise;
    },
  };
}
