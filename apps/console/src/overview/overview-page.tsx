// The overview: whether all is well, over one range for everything that is shown. It is of all replicas
// together, and says which of them are missing in it.
import './overview.css';
import type { Telemetry } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { Icon } from '../ui/icons.tsx';
import { Panel } from '../ui/panel.tsx';
import { RangePicker, useRange } from '../ui/range.tsx';
import { useWatch } from '../ui/use-watch.ts';
import { Charts } from './charts.tsx';
import { Health } from './health.tsx';
import { Lag } from './lag.tsx';
import { Slos } from './slos.tsx';
import { spanOf } from './telemetry.ts';
import { Tiles } from './tiles.tsx';

export function OverviewPage() {
  const { claims } = useSession();
  return (
    <div className="overview">
      <header className="overview-head">
        <h1>Overview</h1>
        <RangePicker />
      </header>
      {claims.scopes.includes('ops') ? (
        <>
          <Platform />
          <Health />
        </>
      ) : (
        <EmptyState title="This token may not see the platform" command="npx atlas token">
          <p>
            The figures of all replicas need scope <code>ops</code>. Sign out and in again with a
            token that has it.
          </p>
        </EmptyState>
      )}
    </div>
  );
}

function Platform() {
  const { figures } = useSession();
  const watched = useWatch(figures.telemetry(useRange().ms));
  return (
    <Panel title="All replicas" who="The gateway" watched={watched}>
      {(telemetry) => {
        const span = spanOf(telemetry);
        return (
          <>
            <Missing telemetry={telemetry} />
            <Tiles telemetry={telemetry} span={span} />
            <Slos telemetry={telemetry} />
            <Charts telemetry={telemetry} span={span} />
            <Lag telemetry={telemetry} span={span} />
            <Source telemetry={telemetry} />
          </>
        );
      }}
    </Panel>
  );
}

const namedMax = 5;

/** What these figures do not have, in words. */
function Missing({ telemetry: { complete, replicas } }: { readonly telemetry: Telemetry }) {
  if (complete) return null;
  const nodes = Map.groupBy(
    replicas.filter(({ state }) => state !== 'answered'),
    ({ node }) => node,
  );
  const names = [...nodes].slice(0, namedMax).map(([node, missing]) => {
    const isGone = missing.every(({ state }) => state === 'gone');
    const roles = missing.map(({ role }) => role).join(', ');
    return `${node} (${roles}; ${isGone ? 'gone' : 'no answer'})`;
  });
  const more = nodes.size - names.length;
  return (
    <div className="note warn">
      <Icon name="alert" />
      <div>
        <p className="note-title">These figures are not complete</p>
        <p>
          {names.length === 0
            ? 'The core cannot say which replicas there are.'
            : `Missing is what was done by ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`}
        </p>
      </div>
    </div>
  );
}

function Source({ telemetry }: { readonly telemetry: Telemetry }) {
  const { source, prometheus, replicas, stepSeconds } = telemetry;
  const answered = replicas.filter(({ state }) => state === 'answered').length;
  const from =
    source === 'prometheus'
      ? 'From Prometheus'
      : 'From the roles themselves, which keep the last hour';
  return (
    <p className="code">
      {from}: {answered} replicas added up, in steps of {stepSeconds} s. Percentiles are of all
      their requests. {prometheus === 'unanswered' && 'Prometheus does not answer.'}
    </p>
  );
}
