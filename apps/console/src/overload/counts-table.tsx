// Counters by class and reason, each cell with its rate and its total: the rate says what goes on, the
// total that something went on while nobody looked.
import { useId } from 'react';
import { countText, rateText } from '../ui/figure-text.ts';
import { rateLately } from './rates.ts';
import type { Sample } from '../ui/watch.ts';

export interface CountsRow<T, Column extends string> {
  readonly name: string;
  /** Of all columns where none is given. */
  readonly count: (value: T, column?: Column) => number;
  /** Of refusals: their sum, or one reason of it. */
  readonly refusal?: 'sum' | 'reason';
}

interface CountsTableProps<T, Column extends string> {
  readonly title: string;
  /** Whose start the totals count from. */
  readonly since: string;
  readonly columns: readonly Column[];
  readonly rows: readonly CountsRow<T, Column>[];
  readonly samples: readonly Sample<T>[];
}

export function CountsTable<T, Column extends string>(props: CountsTableProps<T, Column>) {
  const { title, since, columns, rows, samples } = props;
  const heading = useId();
  return (
    <div className="figure-block">
      <h3 id={heading}>{title}</h3>
      <p>Per second, over the last 5 s; below it the total since {since} started.</p>
      <table className="figures counts" aria-labelledby={heading}>
        <thead>
          <tr>
            <td />
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            <th scope="col">all</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className={row.refusal}>
              <th scope="row">{row.name}</th>
              {[...columns, undefined].map((column) => (
                <Cell
                  key={column ?? 'all'}
                  samples={samples}
                  count={(value) => row.count(value, column)}
                  refusal={row.refusal !== undefined}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell<T>(props: {
  readonly samples: readonly Sample<T>[];
  readonly count: (value: T) => number;
  readonly refusal: boolean;
}) {
  const { samples, count, refusal } = props;
  const rate = rateLately(samples, count);
  const total = count(samples.at(-1)!.value);
  const refusing = refusal && (rate ?? 0) > 0;
  return (
    <td className={refusing ? 'refusing' : total === 0 ? 'none' : undefined}>
      <span>{rateText(rate)}</span>
      {total > 0 && <span className="total">{countText(total)}</span>}
    </td>
  );
}
