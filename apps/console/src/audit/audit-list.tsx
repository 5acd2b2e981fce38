// The rows of the record.
import type { AuditRecord } from '@atlas/client';
import { useCallback } from 'react';
import { useAddress } from '../ui/address.ts';
import { callerOf } from '../ui/addresses.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { NothingFits, useFilterValues } from '../ui/filters.tsx';
import { Id } from '../ui/id.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { Table, type Column } from '../ui/table.tsx';
import { Time } from '../ui/time.tsx';
import { useDayNames } from '../ui/use-day-names.ts';
import type { AuditFeed, AuditView } from './audit-feed.ts';
import { filters } from './filters.ts';
import { deedOf, objectOf, outcomeOf } from './words.ts';

const columns: readonly Column<AuditRecord>[] = [
  { name: 'Time', width: '68px', cell: ({ at }) => <Time at={at} /> },
  { name: 'Who', width: 'minmax(0, 1fr)', cell: ({ subject }) => <Id id={subject} /> },
  { name: 'What', width: 'minmax(0, 1.4fr)', cell: (record) => <What record={record} /> },
  { name: 'From', width: 'minmax(0, 0.8fr)', cell: ({ address }) => callerOf(address) ?? '–' },
  { name: 'Outcome', width: 'minmax(0, 1.2fr)', cell: (record) => <How record={record} /> },
];

interface AuditListProps {
  readonly feed: AuditFeed;
  readonly view: AuditView;
  readonly openId: string | undefined;
}

export function AuditList({ feed, view, openId }: AuditListProps) {
  const { query } = useAddress();
  const { rows, openedAtId, waiting, waitingMore, loading, hasOlder, error } = view;
  const dayOf = useDayNames();
  const groupOf = useCallback(({ at }: AuditRecord) => dayOf(at), [dayOf]);
  const hrefOf = useCallback(({ id }: AuditRecord) => `/audit/${id}${query}`, [query]);
  const arrived = useCallback(({ id }: AuditRecord) => id > openedAtId, [openedAtId]);
  const mayLoad = hasOlder && loading === undefined && error === undefined;
  const loadMore = useCallback(() => {
    if (mayLoad) feed.loadMore();
  }, [feed, mayLoad]);
  if (rows.length === 0 && !hasOlder && waiting === 0) return <NoRecords />;
  return (
    <>
      {(rows.length > 0 || error === undefined) && (
        <Table
          label="Audit record"
          rows={rows}
          keyOf={keyOf}
          columns={columns}
          narrow={narrow}
          hrefOf={hrefOf}
          openKey={openId}
          groupOf={groupOf}
          arrived={arrived}
          onAtTop={feed.setAtTop}
          onNearEnd={loadMore}
          loading={rows.length === 0}
          waiting={
            waiting === 0
              ? undefined
              : { text: `${waiting}${waitingMore ? '+' : ''} new`, onShow: feed.showWaiting }
          }
          end={endOf(view)}
        />
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

const keyOf = ({ id }: AuditRecord) => id;

function endOf({ rows, loading, hasOlder }: AuditView): string | undefined {
  if (loading === 'older') return 'Loading older records…';
  return hasOlder || rows.length === 0 ? undefined : 'The first record that is kept.';
}

const narrow = (record: AuditRecord) => (
  <span className="two-lines">
    <span>
      <What record={record} />
    </span>
    <How record={record} />
    <span>
      <Time at={record.at} /> · {record.subject}
    </span>
    <span>{callerOf(record.address)}</span>
  </span>
);

function What({ record }: { readonly record: AuditRecord }) {
  const object = objectOf(record);
  return (
    <>
      {deedOf(record)}
      {object !== '' && <span className="audit-why"> {object}</span>}
    </>
  );
}

function How({ record }: { readonly record: AuditRecord }) {
  const { word, tone } = outcomeOf(record);
  return (
    <span className="audit-outcome">
      <span className={`dot ${tone}`} />
      <span>
        {word}
        {record.code !== null && <span className="audit-why"> {record.code}</span>}
      </span>
    </span>
  );
}

function NoRecords() {
  const filtered = Object.keys(useFilterValues(filters)).length > 0;
  if (filtered) return <NothingFits title="No record fits these filters." />;
  return (
    <EmptyState title="Nothing is recorded yet.">
      <p>
        Who connects, subscribes, is refused, signs out or changes something will stand here, with
        the reason.
      </p>
    </EmptyState>
  );
}
