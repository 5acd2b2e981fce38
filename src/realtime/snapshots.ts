// Balances from the ledger, to begin a stream with or to mend it: so many at once, in turn among users.
// When many clients come back at once they mostly ask for the same accounts, so they share a read, one
// that begins after they asked.
import { balanceBody, type BalanceReader } from '../contracts/balances.ts';
import type { BalanceUpdate } from '../contracts/hub.ts';
import { ProblemError } from '../contracts/problems.ts';
import { coalesce } from '../platform/coalesce.ts';
import { FairTurns, type FairTurnsOptions, type NoTurn } from './fair-turns.ts';
import { refusal, type Refusal } from './refusals.ts';
import type { Watcher } from './watch.ts';

export interface Snapshots {
  /**
   * Not older than any change acknowledged before the call. The caller has looked at the token: it
   * covers the account, though another one may be asked with.
   * @throws ProblemError of BalanceReader, Refusal `overloaded` without a turn
   */
  read(watcher: SnapshotReader, accountId: string): Promise<BalanceUpdate>;
  readonly running: number;
  readonly waiting: number;
}

/** With whose token it is read, and in whose turn. */
export type SnapshotReader = Pick<Watcher, 'tenant' | 'subject' | 'token'>;

export function createSnapshots(balances: BalanceReader, limits: FairTurnsOptions): Snapshots {
  const turns = new FairTurns(limits);
  const readShared = coalesce(
    (tenant: string, accountId: string, _token: string) => `${tenant} ${accountId}`,
    (_tenant, accountId, token) => balances.read(token, accountId),
  );
  const inTurn = <T>({ tenant, subject }: SnapshotReader, read: () => Promise<T>) =>
    turns.run(`${tenant} ${subject}`, read, noTurn);

  return {
    get running() {
      return turns.running;
    },
    get waiting() {
      return turns.waiting;
    },
    async read(reader, accountId) {
      const { tenant, token } = reader;
      const shared = () => readShared(tenant, accountId, token);
      // Joining a read that has its turn and has not begun costs nobody anything.
      const joined = readShared.next(tenant, accountId, token);
      const balance = await (joined ?? inTurn(reader, shared)).catch((error: unknown) => {
        if (isOfToken(error)) return inTurn(reader, () => balances.read(token, accountId));
        throw error;
      });
      return { ...balanceBody(balance), entryId: null };
    },
  };
}

function noTurn(reason: NoTurn): Refusal {
  const detail = 'Too many subscriptions wait for their first balance; subscribe again later.';
  return refusal('overloaded', detail, `snapshots_${reason}`);
}

/** The token that was asked with may have ended: one's own is to be heard. */
function isOfToken(error: unknown): boolean {
  return error instanceof ProblemError && ['unauthenticated', 'forbidden'].includes(error.code);
}
