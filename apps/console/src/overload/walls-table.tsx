// What stands before each thing that is called: how full it is, and its breaker.
import { useId } from 'react';
import { countText } from '../ui/figure-text.ts';
import { breakerNames, type Wall } from './read-refusals.ts';

interface WallsTableProps<Kind extends string> {
  readonly title: string;
  readonly hint: string;
  /** What goes on there, over the first column. */
  readonly doing: string;
  readonly walls: Readonly<Record<Kind, Wall>>;
  readonly kinds: readonly Kind[];
}

export function WallsTable<Kind extends string>(props: WallsTableProps<Kind>) {
  const { title, hint, doing, walls, kinds } = props;
  const heading = useId();
  return (
    <div className="figure-block">
      <h3 id={heading}>{title}</h3>
      <p>{hint}</p>
      <table className="figures signals" aria-labelledby={heading}>
        <thead>
          <tr>
            <td />
            <th scope="col">{doing}</th>
            <th scope="col">Waiting</th>
            <th scope="col">Breaker</th>
          </tr>
        </thead>
        <tbody>
          {kinds.map((kind) => {
            const { breaker, running, runningMax, waiting, waitingMax } = walls[kind];
            return (
              <tr key={kind}>
                <th scope="row">{kind}</th>
                <td>
                  {countText(running)} of {countText(runningMax)}
                </td>
                <td>
                  {countText(waiting)} of {countText(waitingMax)}
                </td>
                <td className={breaker === 'closed' ? 'none' : 'refusing'}>
                  {breakerNames[breaker]}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
