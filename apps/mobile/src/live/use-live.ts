// Live values inside React: a component that shows an account keeps it subscribed.
import type { ConnectionState, LiveBalance, Observable } from '@atlas/client';
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useSession } from '../session/use-session.ts';
import { stateWords, type StateWords } from '../words.ts';

export function useLiveBalance(accountId: string): LiveBalance {
  const { atlas } = useSession();
  const balance = useMemo(() => atlas.live.balance(accountId), [atlas, accountId]);
  return useObservable(balance);
}

export function useConnection(): ConnectionState {
  return useObservable(useSession().atlas.live.connection);
}

/** How a balance stands, in words. */
export function useStateWords(live: LiveBalance): StateWords {
  const { device } = useSession();
  const hasNetwork = useSyncExternalStore(device.listen, device.hasNetwork, device.hasNetwork);
  return stateWords(live, useConnection(), hasNetwork);
}

function useObservable<T>(observable: Observable<T>): T {
  const subscribe = useCallback((tell: () => void) => observable.subscribe(tell), [observable]);
  const read = () => observable.value;
  return useSyncExternalStore(subscribe, read, read);
}
