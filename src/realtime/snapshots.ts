// Balances from the ledger, to begin a stream with or to mend it. When many clients come back at once
// they mostly ask for the same accounts, so they share a read, one that begins after they asked.
import { balanceBody, type BalanceReader } from '../contracts/balances.ts';
import type { BalanceUpdate } from '../contracts/hub.ts';
import { ProblemError } from '../contracts/problems.ts';
import { coalesce } from '../platform/coalesce.ts';
import type { Watcher } from './watch.ts';

export interface Snapshots {
  /**
   * Not older than any change acknowledged before the call. The caller has looked at the token: it
   * covers the account, though another one may be asked with.
   * @throws ProblemError of BalanceReader
   */
  read(watcher: Pick<Watcher, 'tenant' | 'token'>, accountId: string): Promise<BalanceUpdate>;
}

export function createSnapshots(balances: BalanceReader): Snapshots {
  const readShared = coalesce(
    (tenant: string, accountId: string, _token: string) => `${tenant} ${accountId}`,
    (_tenant, accountId, token) => balances.read(token, accountId),
  );
  return {
    async read({ tenant, token }, accountId) {
      const balance = await readShared(tenant, accountId, token).catch((error: unknown) => {
        if (isOfToken(error)) return balances.read(token, accountId);
        throw error;
      });
      return { ...balanceBody(balance), entryId: null };
    },
  };
}

/** The token that was asked with may have ended: one's own is to be heard. */
function isOfToken(error: unknown): boolean {
  return error instanceof ProblemError && ['unauthenticated', 'forbidden'].includes(error.code);
}
