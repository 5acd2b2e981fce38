// Payments: what was posted and what was finally refused, live, narrowed by filters in the address, and the open
// one beside the list with the stages of its way. `find` in the address is the open one: an entry id (from a
// receipt or a statement) or an idempotency key (from whoever sent it and never heard).
import './payments.css';
import { systemClock } from '@atlas/client';
import { useMemo, useSyncExternalStore } from 'react';
import { useSession } from '../session/use-session.ts';
import { useAddress } from '../ui/address.ts';
import { Filters, Unreadable, useFilterValues } from '../ui/filters.tsx';
import { Liveness } from '../ui/liveness.tsx';
import { SplitView } from '../ui/split-view.tsx';
import { useTitle } from '../ui/title.ts';
import { paymentFilters, readFilters } from './filters.ts';
import { PaymentList } from './payment-list.tsx';
import { PaymentView } from './payment-view.tsx';
import { PaymentsCsv } from './payments-csv.tsx';
import { createPaymentsFeed, type PaymentsFeed } from './payments-feed.ts';
import { SearchBox } from './search-box.tsx';

export function PaymentsPage() {
  const { params } = useAddress();
  const open = params.get('find') ?? '';
  useTitle(open === '' ? undefined : open);
  params.delete('find');
  const backTo = params.size === 0 ? '/transfers' : `/transfers?${params}`;
  const asked = useAsked();
  const feed = useFeed(asked);
  return (
    <SplitView
      label="Payments"
      wideList
      backTo={backTo}
      head={
        <>
          <div className="title-row">
            <h1>Payments</h1>
            {feed !== undefined && <FeedLiveness feed={feed} />}
            {'asked' in asked && <PaymentsCsv asked={asked.asked} />}
          </div>
          <SearchBox />
          <Filters filters={paymentFilters} />
        </>
      }
      list={
        feed === undefined ? (
          <Unreadable fault={asked.fault!} />
        ) : (
          <PaymentList feed={feed} open={open === '' ? undefined : open} />
        )
      }
      detail={open === '' ? undefined : <PaymentView key={open} reference={open} backTo={backTo} />}
      none={null}
    />
  );
}

/** The same for the same filters, whatever else the address says. */
function useAsked() {
  const text = JSON.stringify(useFilterValues(paymentFilters));
  return useMemo(() => readFilters(JSON.parse(text) as Record<string, string>), [text]);
}

function useFeed(read: ReturnType<typeof useAsked>): PaymentsFeed | undefined {
  const { atlas } = useSession();
  return useMemo(() => {
    if ('fault' in read) return undefined;
    const { asked } = read;
    return createPaymentsFeed({
      load: ({ from, cursor, ...how }) =>
        atlas.transfers.list({ ...asked, ...how, from: later(asked.from, from) }).page(cursor),
      clock: systemClock,
      seen: () => !document.hidden,
      closed: asked.to !== undefined && Date.parse(asked.to) < Date.now(),
    });
  }, [atlas, read]);
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a > b ? a : b;
}

function FeedLiveness({ feed }: { readonly feed: PaymentsFeed }) {
  const { live, heardAtMs } = useSyncExternalStore(feed.listen, feed.read);
  if (heardAtMs === undefined) return null;
  return <Liveness silentSinceMs={live ? undefined : heardAtMs} />;
}
