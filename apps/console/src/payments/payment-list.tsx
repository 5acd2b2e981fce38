// The payments that the filters select, newest first. New ones slide in while the reader is at the top;
// further down they are counted instead. A search says how far back it has looked.
import type { ListedTransfer } from '@atlas/client';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useAddress } from '../ui/address.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { NothingFits, useFilterValues } from '../ui/filters.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Table } from '../ui/table.tsx';
import { momentText } from '../ui/time.ts';
import { useDayNames } from '../ui/use-day-names.ts';
import { useZone } from '../ui/zone.ts';
import { paymentFilters } from './filters.ts';
import { longestOf, paymentColumns, PaymentLines } from './payment-cells.tsx';
import type { PaymentsFeed, PaymentsView } from './payments-feed.ts';

interface PaymentListProps {
  readonly feed: PaymentsFeed;
  readonly open: string | undefined;
}

export function PaymentList({ feed, open }: PaymentListProps) {
  const view = useSyncExternalStore(feed.listen, feed.read);
  const { rows, arrived, loading, error, hasOlder, full } = view;
  const dayOf = useDayNames();
  useEffect(() => feed.loadMore(), [feed]);
  const groupOf = useCallback(({ decidedAt }: ListedTransfer) => dayOf(decidedAt), [dayOf]);
  const longest = useMemo(() => longestOf(rows), [rows]);
  const beside = open !== undefined;
  const columns = useMemo(() => paymentColumns(longest, beside), [longest, beside]);
  const isNew = useCallback(({ key }: ListedTransfer) => arrived.has(key), [arrived]);
  const hrefOf = useHrefOf();
  const loadMore = useCallback(() => {
    if (hasOlder && !full && loading === undefined && error === undefined) feed.loadMore();
  }, [feed, hasOlder, full, loading, error]);
  const opening = view.searchedTo === undefined && error === undefined;
  const searching = rows.length === 0 && hasOlder;
  const openKey = useMemo(
    () => (open === undefined ? undefined : rows.find((row) => isOpen(row, open))?.key),
    [rows, open],
  );
  return (
    <>
      {(rows.length > 0 || opening || view.waiting > 0) && (
        <Table
          label="Payments"
          rows={rows}
          keyOf={keyOf}
          columns={columns}
          narrow={narrow}
          hrefOf={hrefOf}
          openKey={openKey}
          groupOf={groupOf}
          arrived={isNew}
          onAtTop={feed.setAtTop}
          onNearEnd={loadMore}
          loading={opening}
          waiting={
            view.waiting === 0
              ? undefined
              : {
                  text: `${view.waiting}${view.waitingMore ? '+' : ''} new`,
                  onShow: feed.showWaiting,
                }
          }
          end={<End view={view} onMore={feed.loadMore} />}
        />
      )}
      {!opening && rows.length === 0 && (searching ? null : <NoPayments />)}
      {!opening && searching && error === undefined && (
        <div className="empty">
          <End view={view} onMore={feed.loadMore} />
        </div>
      )}
      {error !== undefined && (
        <ProblemNote error={error}>
          <button type="button" className="button" onClick={feed.loadMore}>
            Try again
          </button>
        </ProblemNote>
      )}
    </>
  );
}

const keyOf = ({ key }: ListedTransfer) => key;
const narrow = (payment: ListedTransfer) => <PaymentLines payment={payment} />;

function isOpen(row: ListedTransfer, open: string): boolean {
  return row.key === open || (row.status === 'posted' && row.entryId === open);
}

/** A posted payment is named by its entry id, as in statements; a refused one has only its key. */
function useHrefOf(): (row: ListedTransfer) => string {
  const { query } = useAddress();
  return useCallback(
    (row) => {
      const params = new URLSearchParams(query);
      params.set('find', row.status === 'posted' ? row.entryId : row.key);
      return `/transfers?${params}`;
    },
    [query],
  );
}

function End({ view, onMore }: { readonly view: PaymentsView; readonly onMore: () => void }) {
  const { loading, hasOlder, full, searchedTo, rows } = view;
  useZone();
  if (loading === 'older') return <>Looking further back…</>;
  if (full) return <>Older ones are in the CSV.</>;
  if (!hasOlder) return <>{rows.length > 0 && 'The first payment that is selected.'}</>;
  if (typeof searchedTo !== 'string') return null;
  return (
    <span className="searched-to">
      {rows.length === 0 && 'None found so far. '}Searched back to {momentText(searchedTo)}.{' '}
      <button type="button" className="button" onClick={onMore}>
        Search further
      </button>
    </span>
  );
}

function NoPayments() {
  const any = Object.keys(useFilterValues(paymentFilters)).length > 0;
  if (any) return <NothingFits title="No payment is selected by these filters." />;
  return (
    <EmptyState title="No payments yet." command="npx atlas demo">
      <p>Each will stand here as it is posted or refused. For a start, let a small town pay:</p>
    </EmptyState>
  );
}
