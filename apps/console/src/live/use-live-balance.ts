// Live balances inside React: a component that shows an account keeps it subscribed.
import type { ConnectionState, LiveBalance, Observable } from '@atlas/client';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useSession } from '../session/use-session.ts';

/** The live view of an account; with `watching` false it is read but not subscribed. */
export function useLiveBalance(accountId: string, watching = true): LiveBalance {
  const { atlas } = useSession();
  const balance = useMemo(() => atlas.live.balance(accountId), [atlas, accountId]);
  return useObservable(balance, watching);
}

export function useConnection(): ConnectionState {
  return useObservable(useSession().atlas.live.connection);
}

function useObservable<T>(observable: Observable<T>, watching = true): T {
  const subscribe = useCallback(
    (onChange: () => void) => (watching ? observable.subscribe(onChange) : () => undefined),
    [observable, watching],
  );
  return useSyncExternalStore(subscribe, () => observable.value);
}
