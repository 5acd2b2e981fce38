// What a replica of the hub lets in and refuses: connections, subscriptions and messages.
import type { HubLoadSheddingStats } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { Causes } from './causes.tsx';
import { CountsTable, type CountsRow } from './counts-table.tsx';
import { countText, rateText } from '../ui/figure-text.ts';
import {
  hubCausesOf,
  hubKinds,
  hubReasonNames,
  hubReasons,
  refusedByHub,
  type HubKind,
} from './hub-refusals.ts';
import { Panel } from '../ui/panel.tsx';
import { lately, perSecond } from './rates.ts';
import { TimeChart } from '../ui/time-chart.tsx';
import { useWatch } from '../ui/use-watch.ts';

type Stats = HubLoadSheddingStats;

const rows: readonly CountsRow<Stats, HubKind>[] = [
  { name: 'Refused', count: (stats, kind) => refusedByHub(stats, { kind }), refusal: 'sum' },
  ...hubReasons.map((reason): CountsRow<Stats, HubKind> => ({
    name: hubReasonNames[reason],
    count: (stats, kind) => refusedByHub(stats, { kind, reason }),
    refusal: 'reason',
  })),
];

export function HubPanel() {
  const { figures } = useSession();
  const watched = useWatch(figures.hub);
  const { samples } = watched;
  return (
    <Panel title="Live balances" who="The hub" watched={watched} nodeOf={({ node }) => node}>
      {(stats, nowMs) => (
        <>
          <Causes
            causes={hubCausesOf(samples)}
            calm={calm(stats)}
            nothing="The hub refuses nothing"
          />
          <TimeChart
            title="Calls of the hub per second"
            hint="Subscribing, unsubscribing and renewing tokens; refused connections are among the refused."
            {...lately(samples, nowMs)}
            series={[
              { name: 'Calls', tone: 'admitted', values: perSecond(samples, ({ calls }) => calls) },
              { name: 'Refused', tone: 'refused', values: perSecond(samples, refusedByHub) },
            ]}
            text={rateText}
          />
          <CountsTable
            title="The hub by kind and reason"
            since="the hub"
            columns={hubKinds}
            rows={rows}
            samples={samples}
          />
        </>
      )}
    </Panel>
  );
}

function calm({ connections, connectionsLimit, subscriptions, firstBalances }: Stats): string {
  const open = `${countText(connections)} of ${countText(connectionsLimit)} connections open`;
  const waiting = `${countText(firstBalances.waiting)} first balances wait`;
  return `${open}, ${countText(subscriptions)} subscriptions, ${waiting}.`;
}
