// Live balances inside React: a component that shows an account keeps it watched.
import { useCallback, useSyncExternalStore } from 'react';
import { useSession } from '../session/use-session.ts';
import type { LiveBalance } from './live-balances.ts';

/** The live view of an account; with `watching` false it is read but not subscribed. */
export function useLiveBalance(accountId: string, watching = true): LiveBalance {
  const { live } = useSession();
  const subscribe = useCallback(
    (onChange: () => void) => (watching ? live.watch(accountId, onChange) : () => undefined),
    [live, accountId, watching],
  );
  return useSyncExternalStore(subscribe, () => live.read(accountId));
}

export function useConnection() {
  const { live } = useSession();
  return useSyncExternalStore(live.watchConnection, live.connection);
}
