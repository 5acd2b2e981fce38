// Balances over HTTP beside the hub: once when an account is opened, for the first paint, and every
// few seconds while the hub is away. They only ever add to what the hub said: the newest wins.
import { useQuery } from '@tanstack/react-query';
import { readBalance } from '../api/ledger.ts';
import type { LiveState } from '../live/live-balances.ts';
import { useSession } from '../session/use-session.ts';

const awayReadMs = 5_000;

export function useBalanceReads(accountId: string, state: LiveState): void {
  const { api, live } = useSession();
  const away = state === 'reconnecting' || state === 'offline';
  useQuery({
    queryKey: ['balance', accountId],
    queryFn: async ({ signal }) => {
      const askedAtMs = Date.now();
      const balance = await readBalance(api, accountId, signal);
      live.offer(balance, askedAtMs);
      return balance.version;
    },
    refetchInterval: away ? awayReadMs : false,
    refetchOnWindowFocus: false,
    retry: false,
  });
}
