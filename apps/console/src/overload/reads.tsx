// What the ledger lets in and refuses, and how full its walls before the book are.
import type { LedgerLoadSheddingStats } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { Causes } from './causes.tsx';
import { CountsTable, type CountsRow } from './counts-table.tsx';
import { countText, rateText } from '../ui/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { lately, perSecond } from './rates.ts';
import {
  readCausesOf,
  readKinds,
  readReasonNames,
  readReasons,
  refusedReads,
  type ReadKind,
} from './read-refusals.ts';
import { TimeChart } from '../ui/time-chart.tsx';
import { useWatch } from '../ui/use-watch.ts';
import { WallsTable } from './walls-table.tsx';

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
    <Panel title="Reads" who="The ledger" watched={watched} nodeOf={({ node }) => node}>
      {(stats, nowMs) => (
        <>
          <Causes causes={readCausesOf(samples)} calm={calm(stats)} nothing="No read is refused" />
          <TimeChart
            title="Read requests per second"
            hint="A read that finds no place at its wall was let in before: it counts in both."
            {...lately(samples, nowMs)}
            series={[
              {
                name: 'Let in',
                tone: 'admitted',
                values: perSecond(samples, ({ admitted }) => admitted),
              },
              { name: 'Refused', tone: 'refused', values: perSecond(samples, refusedReads) },
            ]}
            text={rateText}
          />
          <div className="tables">
            <CountsTable
              title="Reads by kind and reason"
              since="the ledger"
              columns={readKinds}
              rows={rows}
              samples={samples}
            />
            <WallsTable
              title="Walls before the book"
              hint="Each kind of read has places of its own, so that no kind takes them all."
              doing="Reading"
              walls={stats.reads}
              kinds={readKinds}
            />
          </div>
        </>
      )}
    </Panel>
  );
}

function calm({ inFlight, inFlightLimit }: Stats): string {
  return `${countText(inFlight)} of ${countText(inFlightLimit)} requests under way.`;
}
