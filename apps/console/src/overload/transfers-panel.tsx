// What the payments role admits and refuses, who is refused for what, and why: first in words, then as it
// went over the last minutes, then all figures that decide it.
import type { LoadSheddingStats } from '@atlas/client';
import { useSession } from '../session/use-session.ts';
import { Causes } from './causes.tsx';
import { Ceiling } from './ceiling.tsx';
import { countText, durationText, rateText, shareText } from '../ui/figure-text.ts';
import { Panel } from '../ui/panel.tsx';
import { lately, perSecond, rateLately } from './rates.ts';
import { admitted, offered, refused } from './refusals.ts';
import { RefusalsTable } from './refusals-table.tsx';
import { SignalsTable } from './signals-table.tsx';
import { TimeChart, type Series } from '../ui/time-chart.tsx';
import type { Wanted } from './wanted-ceiling.ts';
import { useWatch } from '../ui/use-watch.ts';
import type { Sample } from '../ui/watch.ts';
import { causesOf, forWhom } from './why.ts';

type Samples = readonly Sample<LoadSheddingStats>[];

export function TransfersPanel() {
  const { figures } = useSession();
  const watched = useWatch(figures.overload);
  return (
    <Panel title="Transfers" who="Payments" watched={watched} nodeOf={({ node }) => node}>
      {(stats, nowMs) => (
        <>
          <Causes
            causes={causesOf(watched.samples)}
            nothing="Nothing is refused"
            calm={calm(stats)}
          />
          <RequestsChart samples={watched.samples} nowMs={nowMs} />
          <Ceiling
            inForce={inForce(stats)}
            whose={forWhom(stats.reasons.rate)}
            offeredPerSecond={rateLately(watched.samples, offered)}
          />
          <div className="tables">
            <RefusalsTable samples={watched.samples} />
            <SignalsTable stats={stats} />
          </div>
          <div className="charts">
            <LevelCharts samples={watched.samples} nowMs={nowMs} />
          </div>
        </>
      )}
    </Panel>
  );
}

function calm({
  inFlight,
  inFlightLimit,
  tokensAvailable,
  burstCapacity,
}: LoadSheddingStats): string {
  const room = `${countText(inFlight)} of ${countText(inFlightLimit)} in flight`;
  return `${room}, ${countText(tokensAvailable)} of ${countText(burstCapacity)} tokens left, no pressure.`;
}

function inForce({ ratePerSecond, burstCapacity, reasons: { quota } }: LoadSheddingStats): Wanted {
  return {
    ratePerSecond,
    burstCapacity,
    clientRatePerSecond: quota.ratePerSecond,
    clientBurstCapacity: quota.burstCapacity,
  };
}

interface ChartsProps {
  readonly samples: Samples;
  readonly nowMs: number;
}

function RequestsChart({ samples, nowMs }: ChartsProps) {
  return (
    <TimeChart
      title="Transfer requests per second"
      hint="A batch is one request. Each request that is offered is admitted or refused."
      {...lately(samples, nowMs)}
      series={[
        { name: 'Offered', tone: 'offered', values: perSecond(samples, offered) },
        { name: 'Admitted', tone: 'admitted', values: perSecond(samples, admitted) },
        { name: 'Refused', tone: 'refused', values: perSecond(samples, refused) },
      ]}
      text={rateText}
    />
  );
}

function LevelCharts({ samples, nowMs }: ChartsProps) {
  const span = lately(samples, nowMs);
  const level = (name: string, of: (stats: LoadSheddingStats) => number | undefined): Series => ({
    name,
    tone: 'level',
    values: samples.map(({ value }) => of(value)),
  });
  const limit = (name: string, of: (stats: LoadSheddingStats) => number): Series => ({
    ...level(name, of),
    tone: 'limit',
  });
  return (
    <>
      <TimeChart
        title="In flight"
        hint="Transfers under way, and how many of the normal class may be."
        {...span}
        series={[
          level('In flight', ({ inFlight }) => inFlight),
          limit('Limit', ({ inFlightLimit }) => inFlightLimit),
        ]}
        text={countText}
      />
      <TimeChart
        title="Latency of the core"
        hint="Mean of what completed last; the in-flight limit aims at the target."
        {...span}
        series={[
          level('Mean', ({ reasons }) => reasons.inFlight.meanMs),
          limit('Target', ({ reasons }) => reasons.inFlight.targetMs),
        ]}
        text={durationText}
      />
      <TimeChart
        title="Tokens under the ceiling"
        hint="Each admitted request takes one; the ceiling’s rate flows in."
        {...span}
        series={[
          level('Left', ({ tokensAvailable }) => tokensAvailable),
          limit('Capacity', ({ burstCapacity }) => burstCapacity),
        ]}
        text={countText}
      />
      <TimeChart
        title="Pressure"
        hint="How far this replica is past its own limits, and what of the normal class gets in."
        {...span}
        series={[
          { ...level('Degree', ({ reasons }) => reasons.pressure.degree), tone: 'refused' },
          limit('Normal let in', ({ reasons }) => reasons.pressure.admittedPart.normal),
        ]}
        text={shareText}
      />
    </>
  );
}
