// Transfer requests by class: what was offered, admitted and refused, and for what.
import type { LoadSheddingStats } from '@atlas/client';
import { CountsTable, type CountsRow } from './counts-table.tsx';
import {
  admitted,
  offered,
  reasonNames,
  reasons,
  refused,
  trafficClasses,
  type TrafficClass,
} from './refusals.ts';
import type { Sample } from '../ui/watch.ts';

const rows: readonly CountsRow<LoadSheddingStats, TrafficClass>[] = [
  { name: 'Offered', count: offered },
  { name: 'Admitted', count: admitted },
  { name: 'Refused', count: (stats, kind) => refused(stats, { kind }), refusal: 'sum' },
  ...reasons.map((reason): CountsRow<LoadSheddingStats, TrafficClass> => ({
    name: reasonNames[reason],
    count: (stats, kind) => refused(stats, { kind, reason }),
    refusal: 'reason',
  })),
];

export function RefusalsTable(props: { readonly samples: readonly Sample<LoadSheddingStats>[] }) {
  return (
    <CountsTable
      title="By class and reason"
      since="payments"
      columns={trafficClasses}
      rows={rows}
      samples={props.samples}
    />
  );
}
