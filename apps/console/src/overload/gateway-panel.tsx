// What the gateway passes on and refuses, by role and reason.
import type { GatewayLoadSheddingStats } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { Causes } from './causes.tsx';
import { CountsTable, type CountsRow } from './counts-table.tsx';
import { countText, rateText } from '../ui/figure-text.ts';
import {
  gatewayCausesOf,
  gatewayKinds,
  gatewayReasonNames,
  gatewayReasons,
  gatewayRoles,
  refusedByGateway,
  type GatewayKind,
} from './gateway-refusals.ts';
import { Panel } from '../ui/panel.tsx';
import { lately, perSecond } from './rates.ts';
import { TimeChart } from '../ui/time-chart.tsx';
import { useWatch } from '../ui/use-watch.ts';
import { WallsTable } from './walls-table.tsx';

type Stats = GatewayLoadSheddingStats;

const rows: readonly CountsRow<Stats, GatewayKind>[] = [
  {
    name: 'Refused',
    count: (stats, kind) => refusedByGateway(stats, { kind }),
    refusal: 'sum',
  },
  ...gatewayReasons.map((reason): CountsRow<Stats, GatewayKind> => ({
    name: gatewayReasonNames[reason],
    count: (stats, kind) => refusedByGateway(stats, { kind, reason }),
    refusal: 'reason',
  })),
];

export function GatewayPanel() {
  const { figures } = useSession();
  const watched = useWatch(figures.gateway);
  const { samples } = watched;
  return (
    <Panel title="Gateway" who="The gateway" watched={watched} nodeOf={({ node }) => node}>
      {({ roles }, nowMs) => (
        <>
          <Causes
            causes={gatewayCausesOf(samples)}
            calm={calm(roles)}
            nothing="The gateway refuses nothing"
          />
          <TimeChart
            title="Requests through the gateway per second"
            hint="What a role refuses was passed on to it: its own panel has it."
            {...lately(samples, nowMs)}
            series={[
              { name: 'Passed on', tone: 'admitted', values: perSecond(samples, passed) },
              { name: 'Refused', tone: 'refused', values: perSecond(samples, refusedByGateway) },
            ]}
            text={rateText}
          />
          <div className="tables">
            <CountsTable
              title="The gateway by role and reason"
              since="the gateway"
              columns={gatewayKinds}
              rows={rows}
              samples={samples}
            />
            <WallsTable
              title="Ways to the roles"
              hint="A role that hangs takes nothing from the others."
              doing="Under way"
              walls={roles}
              kinds={gatewayRoles}
            />
          </div>
        </>
      )}
    </Panel>
  );
}

function passed({ roles }: Stats): number {
  return gatewayRoles.reduce((sum, role) => sum + roles[role].passed, 0);
}

function calm(roles: Stats['roles']): string {
  const running = gatewayRoles.reduce((sum, role) => sum + roles[role].running, 0);
  return `${countText(running)} requests and sockets under way to the roles.`;
}
