// The account's entries with the balance after each, by day. New ones come in at the top as the live version
// rises; further down the reader is told how many are waiting instead.
import { createEntriesFeed, systemClock, type EntriesView, type Entry } from '@atlas/client';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { transferPath } from '../paths.ts';
import { useSession } from '../session/use-session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { useAskAgain, useFailure } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Table } from '../ui/table.tsx';
import { useDayNames } from '../ui/use-day-names.ts';
import { BalanceSparkline } from './balance-sparkline.tsx';
import { EntriesCsv } from './entries-csv.tsx';
import { entryColumns, EntryLines, longestOf } from './entry-cells.tsx';

interface EntriesProps {
  readonly accountId: string;
  readonly currency: string | undefined;
  /** The account's live version. */
  readonly version: number | undefined;
}

export function Entries({ accountId, currency = '', version }: EntriesProps) {
  const feed = useFeed(accountId, version);
  const view = useSyncExternalStore(feed.listen, feed.read);
  const { rows, openedAtVersion, hasOlder, full, loading, error } = view;
  const dayOf = useDayNames();
  const { amount, after } = useMemo(() => longestOf(rows, currency), [rows, currency]);
  const columns = useMemo(() => entryColumns(currency, amount, after), [currency, amount, after]);
  const narrow = useCallback(
    (entry: Entry) => <EntryLines entry={entry} currency={currency} />,
    [currency],
  );
  const groupOf = useCallback(({ postedAt }: Entry) => dayOf(postedAt), [dayOf]);
  const arrived = useCallback(({ version: at }: Entry) => at > openedAtVersion, [openedAtVersion]);
  const loadMore = useCallback(() => {
    if (hasOlder && !full && loading === undefined && error === undefined) feed.loadMore();
  }, [feed, hasOlder, full, loading, error]);

  useAskAgain(error, feed.loadMore);
  const isKnown = rows.length > 0 || !hasOlder;
  const failure = useFailure({ data: isKnown ? rows : undefined, error: error ?? null });
  const opening = !isKnown && failure === null;
  const empty = rows.length === 0 && !hasOlder && view.waiting === 0;
  return (
    <section className="entries" aria-label="Entries">
      {empty ? (
        <EmptyState title="No entries yet.">
          <p>The first transfer of this account will stand here.</p>
        </EmptyState>
      ) : (
        <>
          <BalanceSparkline entries={rows} currency={currency} />
          <div className="entries-title">
            <h2>Entries</h2>
            {currency !== '' && <EntriesCsv accountId={accountId} currency={currency} />}
          </div>
          <Table
            label="Entries"
            rows={currency === '' ? [] : rows}
            keyOf={keyOf}
            columns={columns}
            narrow={narrow}
            hrefOf={hrefOf}
            groupOf={groupOf}
            arrived={arrived}
            onAtTop={feed.setAtTop}
            onNearEnd={loadMore}
            loading={currency === '' || opening}
            waiting={
              view.waiting === 0
                ? undefined
                : {
                    text: `${view.waiting}${view.waitingMore ? '+' : ''} new`,
                    onShow: feed.showWaiting,
                  }
            }
            end={loading === 'older' ? 'Loading older entries…' : endText(view)}
          />
        </>
      )}
      {failure !== null && (
        <ProblemNote error={failure}>
          <button type="button" className="button" onClick={feed.loadMore}>
            Try again
          </button>
        </ProblemNote>
      )}
    </section>
  );
}

const keyOf = ({ version }: Entry) => version;
const hrefOf = ({ entryId }: Entry) => transferPath(entryId);

function endText({ hasOlder, full }: EntriesView): string {
  if (!hasOlder) return 'The first entry of this account.';
  return full ? 'Older entries are in the CSV.' : '';
}

function useFeed(accountId: string, version: number | undefined) {
  const { atlas } = useSession();
  const feed = useMemo(
    () =>
      createEntriesFeed({
        load: (cursor, limit) => atlas.accounts.entries(accountId, { limit }).page(cursor),
        clock: systemClock,
      }),
    [atlas, accountId],
  );
  useEffect(() => feed.loadMore(), [feed]);
  useEffect(() => {
    if (version !== undefined) feed.catchUp(version);
  }, [feed, version]);
  return feed;
}
