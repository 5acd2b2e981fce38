// The overview: whether all is well, over one range for everything that is shown. Who is up stands first, because
// everything else follows from it; the figures are of all replicas together, and say which are missing in them.
import './overview.css';
import type { Telemetry } from '@atlas/client';
import { useEffect } from 'react';
import { useSession } from '../session/use-session.ts';
import { Icon } from '../ui/icons.tsx';
import { Panel } from '../ui/panel.tsx';
import { RangePicker, useRange } from '../ui/range.tsx';
import { useWatch } from '../ui/use-watch.ts';
import type { Watched } from '../ui/watch.ts';
import { Charts } from './charts.tsx';
import { Health } from './health.tsx';
import { HealthStrip } from './health-strip.tsx';
import { Lag } from './lag.tsx';
import { Slos } from './slos.tsx';
import { spanOf } from './telemetry.ts';
import { Tiles } from './tiles.tsx';

export function OverviewPage() {
  const { figures } = useSession();
  const watched = useWatch(figures.telemetry(useRange().ms));
  const latest = watched.samples.at(-1)?.value;
  return (
    <div className="overview">
      <header className="overview-head">
        <h1>Overview</h1>
        <RangePicker longestMs={latest && latest.rangeSecondsMax * 1_000} />
      </header>
      <HealthStrip />
      <Platform watched={watched} />
      <Health />
    </div>
  );
}

function Platform({ watched }: { readonly watched: Watched<Telemetry> }) {
  useNamedFigure(watched.samples.length > 0);
  return (
    <Panel title="All replicas" who="The gateway" watched={watched}>
      {(telemetry) => {
        const span = spanOf(telemetry);
        return (
          <>
            <WithoutPrometheus telemetry={telemetry} />
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

/** A link to a chart arrives before the chart does. */
function useNamedFigure(shown: boolean): void {
  useEffect(() => {
    if (shown) document.getElementById(location.hash.slice(1))?.scrollIntoView();
  }, [shown]);
}

/** The range that was asked for may be longer than the one that is shown. */
function WithoutPrometheus({ telemetry: { prometheus } }: { readonly telemetry: Telemetry }) {
  if (prometheus !== 'unanswered') return null;
  return (
    <div className="note warn">
      <Icon name="alert" />
      <div>
        <p className="note-title">Prometheus does not answer</p>
        <p>These figures are of the roles themselves, which keep the last hour and no more.</p>
      </div>
    </div>
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
  const { source, replicas, stepSeconds } = telemetry;
  const answered = replicas.filter(({ state }) => state === 'answered').length;
  const from =
    source === 'prometheus'
      ? 'From Prometheus'
      : 'From the roles themselves, which keep the last hour';
  return (
    <p className="code">
      {from}: {answered} replicas added up, in steps of {stepSeconds} s. Percentiles are of all
      their requests.
    </p>
  );
}
