// The balance as large as it matters, and under it how far it can be trusted. Unknown is a skeleton
// and never 0; old is grey and says how old.
import type { LiveBalance } from '@atlas/client';
import { BalanceState } from '../live/connection-state.tsx';
import { LiveAmount, Amount } from '../money/amount.tsx';
import { Glow } from '../money/glow.tsx';
import { useNow } from '../ui/use-now.ts';

/** An unconfirmed value counts as fresh this long: about what a confirmation takes. */
const freshMs = 3_000;

interface BalancePanelProps {
  readonly live: LiveBalance;
  readonly minimumMinor: bigint | null | undefined;
}

export function BalancePanel({ live, minimumMinor }: BalancePanelProps) {
  const nowMs = useNow(live.freshness === 'updating');
  const { balance } = live;
  const confirmedLately = live.freshness === 'updating' && nowMs - (live.asOfMs ?? 0) < freshMs;
  const fresh = live.freshness === 'live' || confirmedLately;
  return (
    <section className={fresh ? 'balance' : 'balance stale'} aria-label="Balance">
      <div className="balance-value">
        {balance === undefined && live.freshness === 'refused' && 'Unknown'}
        {balance === undefined && live.freshness !== 'refused' && (
          <span className="skeleton balance-skeleton" />
        )}
        {balance !== undefined && (
          <LiveAmount minor={balance.availableMinor} currency={balance.currency} />
        )}
        <Glow version={balance?.version} />
      </div>
      <BalanceState live={live} />
      <dl className="balance-parts">
        <Part name="Available" minor={balance?.availableMinor} currency={balance?.currency} />
        <Part name="Pending" minor={balance?.pendingMinor} currency={balance?.currency} />
        <Part name="Booked" minor={balance?.bookedMinor} currency={balance?.currency} />
        {minimumMinor === null ? (
          <div>
            <dt>Lower limit</dt>
            <dd>none</dd>
          </div>
        ) : (
          <Part name="Lower limit" minor={minimumMinor} currency={balance?.currency} />
        )}
      </dl>
    </section>
  );
}

function Part(props: {
  readonly name: string;
  readonly minor: bigint | undefined;
  readonly currency: string | undefined;
}) {
  const { name, minor, currency } = props;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {minor === undefined || currency === undefined ? (
          <span className="skeleton" style={{ width: 72 }} />
        ) : (
          <Amount minor={minor} currency={currency} />
        )}
      </dd>
    </div>
  );
}
