// Class by reason, each cell with what is refused a second and what was refused since the start of the
// role: the rate says what goes on, the total that something went on while nobody looked.
import type { LoadSheddingStats } from '@atlas/client';
import { countText, rateText } from './figure-text.ts';
import { rateLately } from './rates.ts';
import {
  admitted,
  offered,
  reasonNames,
  reasons,
  refused,
  trafficClasses,
  type TrafficClass,
} from './refusals.ts';
import type { Sample } from './watch.ts';

type Count = (stats: LoadSheddingStats, kind?: TrafficClass) => number;

interface Row {
  readonly name: string;
  readonly count: Count;
  readonly kind?: 'sum' | 'reason';
}

const rows: readonly Row[] = [
  { name: 'Offered', count: offered },
  { name: 'Admitted', count: admitted },
  { name: 'Refused', count: (stats, kind) => refused(stats, given(kind)), kind: 'sum' },
  ...reasons.map((reason) => ({
    name: reasonNames[reason],
    count: (stats: LoadSheddingStats, kind?: TrafficClass) =>
      refused(stats, { ...given(kind), reason }),
    kind: 'reason' as const,
  })),
];

export function RefusalsTable(props: { readonly samples: readonly Sample<LoadSheddingStats>[] }) {
  return (
    <div className="figure-block">
      <h3 id="refusals">By class and reason</h3>
      <p>Per second, over the last 5 s; below it the total since payments started.</p>
      <table className="figures refusals" aria-labelledby="refusals">
        <thead>
          <tr>
            <td />
            {trafficClasses.map((kind) => (
              <th key={kind} scope="col">
                {kind}
              </th>
            ))}
            <th scope="col">all</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className={row.kind}>
              <th scope="row">{row.name}</th>
              {[...trafficClasses, undefined].map((kind) => (
                <Cell key={kind ?? 'all'} row={row} kind={kind} {...props} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell(props: {
  readonly samples: readonly Sample<LoadSheddingStats>[];
  readonly row: Row;
  readonly kind: TrafficClass | undefined;
}) {
  const { samples, row, kind } = props;
  const rate = rateLately(samples, (stats) => row.count(stats, kind));
  const total = row.count(samples.at(-1)!.value, kind);
  const refusing = row.kind !== undefined && (rate ?? 0) > 0;
  return (
    <td className={refusing ? 'refusing' : total === 0 ? 'none' : undefined}>
      <span>{rateText(rate)}</span>
      {total > 0 && <span className="total">{countText(total)}</span>}
    </td>
  );
}

function given(kind: TrafficClass | undefined): { readonly kind?: TrafficClass } {
  return kind === undefined ? {} : { kind };
}
