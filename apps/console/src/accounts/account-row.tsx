// One account in the list, with its live balance while the row is on the screen: a tenant may have
// a million accounts, and a connection has room for a hundred subscriptions.
import type { Account } from '@atlas/client';
import { memo, useRef } from 'react';
import { Link } from 'wouter';
import { useLiveBalance } from '../live/use-live-balance.ts';
import { LiveAmount } from '../money/amount.tsx';
import { useSeen, useSettled } from '../ui/use-seen.ts';
import { AccountId } from './account-id.tsx';

/** Rows that only fly past while the list is scrolled ask for nothing. */
const settledMs = 80;

interface AccountRowProps {
  readonly account: Account;
  readonly open: boolean;
  readonly query: string;
}

export const AccountRow = memo(function AccountRow({ account, open, query }: AccountRowProps) {
  const [rowRef, seen] = useSeen();
  const { balance, freshness } = useLiveBalance(account.accountId, useSettled(seen, settledMs));
  return (
    <li ref={rowRef} className="row">
      <Link
        href={`/accounts/${account.accountId}${query}`}
        className="row-link"
        aria-current={open ? 'page' : undefined}
        title={account.accountId}
      >
        <AccountId id={account.accountId} />
        {balance === undefined ? (
          <span className="row-unknown">
            <span
              className={freshness === 'updating' ? 'skeleton' : 'hidden'}
              style={{ width: 64 }}
            />
            {freshness !== 'updating' && '–'} <span className="code">{account.currency}</span>
          </span>
        ) : (
          <span className={freshness === 'live' || freshness === 'updating' ? '' : 'stale'}>
            <LiveAmount minor={balance.availableMinor} currency={balance.currency} />
          </span>
        )}
        <Glow version={balance?.version} />
      </Link>
    </li>
  );
});

/** Lights up once for each version that arrives while it is on the screen. */
export function Glow({ version }: { readonly version: number | undefined }) {
  const firstVersion = useRef<number | undefined>(undefined);
  if (version === undefined) return null;
  firstVersion.current ??= version;
  if (version <= firstVersion.current) return null;
  return <span key={version} className="glow" aria-hidden="true" />;
}
