// What an account of the list can spend, live while its row is on the screen: a tenant may have a million
// accounts, and a connection has room for a hundred subscriptions.
import type { Account } from '@atlas/client';
import { useLiveBalance } from '../live/use-live-balance.ts';
import { Glow } from '../money/glow.tsx';
import { LiveAmount } from '../money/amount.tsx';
import { useSeen, useSettled } from '../ui/use-seen.ts';

/** Rows that only fly past while the list is scrolled ask for nothing. */
const settledMs = 80;

export function AccountAvailable({ account }: { readonly account: Account }) {
  const [ref, seen] = useSeen();
  const { balance, freshness } = useLiveBalance(account.accountId, useSettled(seen, settledMs));
  const fresh = freshness === 'live' || freshness === 'updating';
  if (balance === undefined) {
    return (
      <span ref={ref} className="row-unknown">
        {freshness === 'updating' ? <span className="skeleton" style={{ width: 64 }} /> : '–'}{' '}
        <span className="code">{account.currency}</span>
      </span>
    );
  }
  return (
    <span ref={ref} className={fresh ? '' : 'stale'}>
      <LiveAmount minor={balance.availableMinor} currency={balance.currency} />
      <Glow version={balance.version} />
    </span>
  );
}
