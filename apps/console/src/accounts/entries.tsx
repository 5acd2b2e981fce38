// The account's entries with the balance after each, by day. New ones come in at the top as the
// live version rises; further down the reader is told how many are waiting instead.
import { createEntriesFeed, systemClock, type Entry } from '@atlas/client';
import { Fragment, useEffect, useMemo, useSyncExternalStore } from 'react';
import { Link } from 'wouter';
import { amountText, currencyLabel } from '../../../../src/contracts/amount-text.ts';
import { useSession } from '../session/use-session.ts';
import { transferPath } from '../transfers/transfers-page.tsx';
import { Icon } from '../ui/icons.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { dateText, dayText, timeText } from '../ui/time.ts';
import { useNow } from '../ui/use-now.ts';
import { useSeen } from '../ui/use-seen.ts';
import { AccountId } from './account-id.tsx';

interface EntriesProps {
  readonly accountId: string;
  readonly currency: string | undefined;
  /** The account's live version. */
  readonly version: number | undefined;
}

export function Entries({ accountId, currency, version }: EntriesProps) {
  const feed = useFeed(accountId, version);
  const view = useSyncExternalStore(feed.listen, feed.read);
  const [topRef, topSeen] = useSeen();
  const [endRef, endSeen] = useSeen(600);
  useEffect(() => feed.setAtTop(topSeen), [feed, topSeen]);
  const mayLoadMore = view.hasOlder && view.loading === undefined && view.error === undefined;
  useEffect(() => {
    if (endSeen && mayLoadMore) feed.loadMore();
  }, [feed, endSeen, mayLoadMore]);

  const opening = view.rows.length === 0 && view.hasOlder && view.error === undefined;
  const empty = view.rows.length === 0 && !view.hasOlder && view.waiting === 0;
  return (
    <section className="entries" aria-label="Entries">
      <div ref={topRef} className="entries-top" />
      {view.waiting > 0 && (
        <button
          type="button"
          className="button waiting"
          onClick={(event) => {
            feed.showWaiting();
            const panel = event.currentTarget.closest('.account');
            panel?.querySelector('.entries-top')?.scrollIntoView({ block: 'center' });
          }}
        >
          <Icon name="up" /> {view.waiting}
          {view.waitingMore && '+'} new
        </button>
      )}
      {empty ? (
        <p className="empty">No entries yet. The first transfer of this account will stand here.</p>
      ) : (
        <table role="table">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader">Time</th>
              <th role="columnheader">With</th>
              <th role="columnheader" className="number">
                Amount{currency !== undefined && <Unit currency={currency} />}
              </th>
              <th role="columnheader" className="number">
                Balance after
              </th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {currency === undefined || opening ? (
              <EntriesSkeleton />
            ) : (
              <EntryRows
                rows={view.rows}
                openedAtVersion={view.openedAtVersion}
                currency={currency}
              />
            )}
          </tbody>
        </table>
      )}
      {view.error !== undefined && (
        <ProblemNote error={view.error}>
          <button type="button" className="button" onClick={feed.loadMore}>
            Try again
          </button>
        </ProblemNote>
      )}
      <div ref={endRef} className="entries-end">
        {view.loading === 'older' && 'Loading older entries…'}
        {!empty && !view.hasOlder && 'The first entry of this account.'}
      </div>
    </section>
  );
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

function EntryRows(props: {
  readonly rows: readonly Entry[];
  readonly openedAtVersion: number;
  readonly currency: string;
}) {
  const nowMs = useNow(false);
  let lastDay = '';
  return props.rows.map((entry) => {
    const day = dayText(entry.postedAt, nowMs);
    const opensDay = day !== lastDay;
    lastDay = day;
    return (
      <Fragment key={entry.version}>
        {opensDay && (
          <tr role="row" className="day">
            <th role="rowheader" colSpan={4}>
              {day}
            </th>
          </tr>
        )}
        <EntryRow
          entry={entry}
          currency={props.currency}
          arrived={entry.version > props.openedAtVersion}
        />
      </Fragment>
    );
  });
}

function EntryRow(props: {
  readonly entry: Entry;
  readonly currency: string;
  readonly arrived: boolean;
}) {
  const { entry, currency } = props;
  const amount = entry.amountMinor;
  const effectiveDay = entry.effectiveAt === null ? undefined : dateText(entry.effectiveAt);
  return (
    <tr role="row" className={props.arrived ? 'entry arrived' : 'entry'}>
      <td role="cell" className="entry-time">
        <Link href={transferPath(entry.entryId)} className="text-link" title="This transfer">
          <time dateTime={entry.postedAt}>{timeText(entry.postedAt)}</time>
        </Link>
      </td>
      <td role="cell" className="entry-with">
        <Link
          href={`/accounts/${entry.counterpartyAccountId}`}
          className="text-link"
          title={entry.counterpartyAccountId}
        >
          <AccountId id={entry.counterpartyAccountId} />
        </Link>
        {entry.narration !== null && entry.narration !== '' && (
          <span className="entry-narration" title={entry.narration}>
            {entry.narration}
          </span>
        )}
        {effectiveDay !== undefined && effectiveDay !== dateText(entry.postedAt) && (
          <span className="entry-effective">effective {effectiveDay}</span>
        )}
      </td>
      <td role="cell" className={amount > 0n ? 'number entry-amount in' : 'number entry-amount'}>
        {amountText(amount, currency, true)}
      </td>
      <td role="cell" className="number entry-after">
        {amountText(entry.balanceAfterMinor, currency)}
      </td>
    </tr>
  );
}

function Unit({ currency }: { readonly currency: string }) {
  return <span className="code"> {currencyLabel(currency)}</span>;
}

function EntriesSkeleton() {
  return Array.from({ length: 8 }, (_, row) => (
    <tr key={row} role="row" className="entry" aria-hidden="true">
      {[52, 150 + ((row * 41) % 90), 64, 72].map((width, cell) => (
        <td key={cell} role="cell" className={cell > 1 ? 'number' : undefined}>
          <span className="skeleton" style={{ width }} />
        </td>
      ))}
    </tr>
  ));
}
