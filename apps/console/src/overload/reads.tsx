// What the ledger lets in and refuses, and how full its walls before the book are.
import type { LedgerLoadSheddingStats } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { Causes } from './causes.tsx';
import { CountsTable, type CountsRow } from './counts-table.tsx';
import { countText, rateText } from './figure-text.ts';
import { Panel } from './panel.tsx';
import { perSecond } from './rates.ts';
import {
  breakerNames,
  readCausesOf,
  readKinds,
  readReasonNames,
  readReasons,
  refusedReads,
  type ReadKind,
} from './read-refusals.ts';
import { TimeChart } from './time-chart.tsx';
import { useWatch } from './use-watch.ts';

type Stats = LedgerLoadSheddingStats;

const rows: readonly CountsRow<Stats, ReadKind>[] = [
  { name: 'Refused', count: (stats, kind) => refusedReads(stats, { kind }), refusal: 'sum' },
  ...readReasons.map((reason): CountsRow<Stats, ReadKind> => ({
    name: readReasonNames[reason],
    count: (stats, kind) => refusedReads(stats, { kind, reason }),
    refusal: 'reason',
  })),
];

export function Reads() {
  const { figures } = useSession();
  const watched = useWatch(figures.reads);
  const { samples } = watched;
  return (
    <Panel title="Reads" who="The ledger" watched={watched}>
      {(stats, nowMs) => (
        <>
          <Causes causes={readCausesOf(samples)} calm={calm(stats)} nothing="No read is refused" />
          <TimeChart
            title="Read requests per second"
            hint="A read that finds no place at its wall was let in before: it counts in both."
            times={samples.map(({ atMs }) => atMs)}
            series={[
              {
                name: 'Let in',
                tone: 'admitted',
                values: perSecond(samples, ({ admitted }) => admitted),
              },
              { name: 'Refused', tone: 'refused', values: perSecond(samples, refusedReads) },
            ]}
            text={rateText}
            nowMs={nowMs}
          />
          <div className="tables">
            <CountsTable
              title="Reads by kind and reason"
              since="the ledger"
              columns={readKinds}
              rows={rows}
              samples={samples}
            />
            <Walls stats={stats} />
          </div>
        </>
      )}
    </Panel>
  );
}

function calm({ inFlight, inFlightLimit }: Stats): string {
  return `${countText(inFlight)} of ${countText(inFlightLimit)} requests under way.`;
}

function Walls({ stats }: { readonly stats: Stats }) {
  return (
    <div className="figure-block">
      <h3 id="walls">Walls before the book</h3>
      <p>Each kind of read has places of its own, so that no kind takes them all.</p>
      <table className="figures signals" aria-labelledby="walls">
        <thead>
          <tr>
            <td />
            <th scope="col">Reading</th>
            <th scope="col">Waiting</th>
            <th scope="col">Breaker</th>
          </tr>
        </thead>
        <tbody>
          {readKinds.map((kind) => {
            const { breaker, running, runningMax, waiting, waitingMax } = stats.reads[kind];
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
