// Above the record: whether it is live, its filters, and the file of all that they find.
import type { AuditRecord } from '@atlas/client';
import { useMutation } from '@tanstack/react-query';
import { useSession } from '../session/use-session.ts';
import { csvRowsMax, downloadCsv, type CsvColumn } from '../ui/csv.ts';
import { Filters, useFilterValues } from '../ui/filters.tsx';
import { Icon } from '../ui/icons.tsx';
import { Liveness } from '../ui/liveness.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { AuditView } from './audit-feed.ts';
import { filters, queryOf } from './filters.ts';
import { outcomeOf } from './words.ts';

const columns: readonly CsvColumn<AuditRecord>[] = [
  { name: 'at', value: ({ at }) => at },
  { name: 'subject', value: ({ subject }) => subject },
  { name: 'session', value: ({ session }) => session },
  { name: 'action', value: ({ action }) => action },
  { name: 'outcome', value: (record) => outcomeOf(record).word },
  { name: 'code', value: ({ code }) => code },
  { name: 'accountIds', value: ({ accountIds }) => accountIds.join(' ') },
  { name: 'connectionId', value: ({ connectionId }) => connectionId },
  { name: 'address', value: ({ address }) => address },
  { name: 'userAgent', value: ({ userAgent }) => userAgent },
  { name: 'node', value: ({ node }) => node },
  { name: 'details', value: ({ details }) => JSON.stringify(details) },
  { name: 'id', value: ({ id }) => id },
];

export function AuditHead({ view }: { readonly view: AuditView }) {
  const { operations } = useSession().atlas;
  const query = queryOf(useFilterValues(filters));
  const saving = useMutation({
    mutationFn: () =>
      downloadCsv({
        name: `audit-${new Date().toISOString().slice(0, 19)}`,
        columns,
        rows: operations.audit({ ...query, limit: 200 }),
      }),
  });
  return (
    <>
      <div className="title-row">
        <h1>Audit</h1>
        {view.isKnown && <Liveness silentSinceMs={view.silentSinceMs} />}
        <button
          type="button"
          className="button end"
          onClick={() => saving.mutate()}
          disabled={saving.isPending}
        >
          <Icon name="download" /> {saving.isPending ? 'Reading…' : 'CSV'}
        </button>
      </div>
      <Filters filters={filters} />
      {saving.data?.cut === true && (
        <p className="note warn" role="status">
          <Icon name="alert" /> The file holds the newest {csvRowsMax} records. Narrow the time for
          the others.
        </p>
      )}
      {saving.isError && <ProblemNote error={saving.error} />}
    </>
  );
}
