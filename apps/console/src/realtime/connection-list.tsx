// Connections, those that came last first. The pages that are loaded are asked for again while they are few;
// whoever has scrolled further reads a list that stands still, and is told so.
import type { HubConnection, HubConnections } from '@atlas/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { Link } from 'wouter';
import { useSession } from '../session/use-session.ts';
import { answerMs } from '../ui/answer-ms.ts';
import { useAddress } from '../ui/address.ts';
import { AskAgain } from '../ui/ask-again.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { NothingFits, useFilterValues } from '../ui/filters.tsx';
import { Id } from '../ui/id.tsx';
import { useFailure } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { everyMs } from './every.ts';
import { filters, queryOf } from './filters.ts';
import { Unanswered } from './unanswered.tsx';
import { bytesText, countOf, paceOf, transportText } from './words.ts';

const pageRows = 100;
const livePagesMax = 2;

const columns: readonly Column<HubConnection>[] = [
  { name: 'User', width: 'minmax(0, 1fr)', cell: ({ subject }) => <Id id={subject} /> },
  { name: 'Transport', width: 'minmax(0, 0.9fr)', cell: transportText },
  { name: 'Since', width: '76px', cell: ({ connectedAt }) => <Time at={connectedAt} /> },
  {
    name: 'Subscriptions',
    width: '104px',
    align: 'end',
    cell: ({ subscriptionCount }) => subscriptionCount,
  },
  {
    name: 'Waiting',
    width: '72px',
    align: 'end',
    cell: ({ waitingBytes }) => bytesText(waitingBytes),
  },
  { name: 'Overtaken', width: '80px', align: 'end', cell: ({ conflated }) => conflated },
  { name: 'Pace', width: 'minmax(0, 0.8fr)', cell: (connection) => <Pace of={connection} /> },
];

/** Beside an open connection, which says the rest. */
const brief = columns.filter(({ name }) => ['User', 'Transport', 'Since', 'Pace'].includes(name));

export function ConnectionList({ openId }: { readonly openId: string | undefined }) {
  const { operations } = useSession().atlas;
  const { query } = useAddress();
  const asked = queryOf(useFilterValues(filters));
  const connections = useInfiniteQuery({
    queryKey: ['connections', asked],
    queryFn: ({ pageParam, signal }) =>
      operations.connections(
        { ...asked, limit: pageRows, cursor: pageParam },
        { signal, deadlineMs: answerMs },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: HubConnections) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      (state.data?.pages.length ?? 0) > livePagesMax ? false : everyMs,
  });
  const failure = useFailure(connections);
  const { data, hasNextPage, isFetchingNextPage, isError, fetchNextPage } = connections;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const mayLoad = hasNextPage && !isFetchingNextPage && !isError;
  const loadMore = useCallback(() => {
    if (mayLoad) void fetchNextPage();
  }, [mayLoad, fetchNextPage]);
  const hrefOf = useCallback(
    ({ connectionId }: HubConnection) => `/realtime/${connectionId}${query}`,
    [query],
  );
  const pages = data?.pages.length ?? 0;
  return (
    <section aria-labelledby="connections">
      <h2 id="connections" className="list-title">
        Connections
      </h2>
      <Unanswered names={data?.pages[0]?.unanswered} />
      {failure !== null && <ProblemNote error={failure} />}
      {connections.isSuccess && rows.length === 0 && <NobodyHere />}
      {(rows.length > 0 || (connections.isPending && failure === null)) && (
        <Table
          label="Connections"
          rows={rows}
          keyOf={keyOf}
          columns={openId === undefined ? columns : brief}
          narrow={narrow}
          hrefOf={hrefOf}
          openKey={openId}
          onNearEnd={loadMore}
          loading={connections.isPending}
          end={
            pages > livePagesMax ? (
              <AskAgain
                asOfMs={connections.dataUpdatedAt}
                onAsk={() => void connections.refetch()}
              />
            ) : (
              data && `${rows.length} of ${countOf(data.pages[0]?.total ?? 0, 'connection')}`
            )
          }
        />
      )}
    </section>
  );
}

const keyOf = ({ connectionId }: HubConnection) => connectionId;

const narrow = (connection: HubConnection) => (
  <span className="two-lines">
    <span>
      <Id id={connection.subject} />
    </span>
    <Pace of={connection} />
    <span>
      {transportText(connection)} since <Time at={connection.connectedAt} />
    </span>
    <span>{countOf(connection.subscriptionCount, 'subscription')}</span>
  </span>
);

export function Pace({ of }: { readonly of: HubConnection }) {
  const { word, tone } = paceOf(of);
  return (
    <span className="state">
      <span className={`dot ${tone}`} /> {word}
    </span>
  );
}

function NobodyHere() {
  const filtered = Object.keys(useFilterValues(filters)).length > 0;
  if (filtered) return <NothingFits title="No connection fits these filters." />;
  return (
    <EmptyState title="Nobody is connected.">
      <p>
        Each screen that shows a live balance is a connection here: open{' '}
        <Link href="/accounts" className="text-link">
          the accounts
        </Link>{' '}
        in another tab to see your own.
      </p>
    </EmptyState>
  );
}
