// Which plots a run gives: what the generator saw by the second in which it was due or happened, and what
// the server said of itself.
import type { ClassFigures } from '../recorder.ts';
import type { LoadReport } from '../result.ts';
import type { Slot } from '../series.ts';
import type { ServerMoment } from '../server-watch.ts';
import type { Line, LinePlot } from './line-plot.ts';

export function plotsOf({ load, server }: LoadReport): LinePlot[] {
  const classes = Object.entries(load.classes).map(([name, figures]) => ({
    name,
    slots: slotsOf(figures),
  }));
  const seconds = Math.max(0, ...classes.map(({ slots }) => slots.length));
  const sum = (name: string, of: keyof Slot): Line => ({
    name,
    values: bySecond(seconds, (second) =>
      classes.reduce((total, { slots }) => total + (slots[second]?.[of] ?? 0), 0),
    ),
  });
  const latency = classes.flatMap(({ name, slots }): Line[] => [
    { name: `${name} p50`, values: slots.map(({ served, p50Ms }) => some(served, p50Ms)) },
    { name: `${name} p99`, values: slots.map(({ served, p99Ms }) => some(served, p99Ms)) },
  ]);
  const watched = { server, seconds };
  const cpu = differences(watched, ({ cpuSeconds }) => cpuSeconds);
  const plots: LinePlot[] = [
    {
      title: 'Arrivals and answers',
      unit: 'a second',
      lines: [
        sum('offered', 'offered'),
        sum('sent, with retries', 'sent'),
        sum('admitted', 'admitted'),
        sum('goodput', 'good'),
      ],
    },
    {
      title: 'Latency from the scheduled time',
      unit: 'ms, by the second in which it was due',
      lines: latency,
      isLogarithmic: true,
    },
    {
      title: 'In flight',
      unit: 'requests',
      lines: [
        sum('at the generator', 'inFlight'),
        { name: 'admitted by the server', values: states(watched, (at) => at.shedding?.inFlight) },
        { name: "the server's limit", values: states(watched, (at) => at.shedding?.inFlightLimit) },
      ],
    },
    {
      title: 'Shed by class',
      unit: 'requests a second',
      lines: [
        ...classes.map(({ name, slots }) => ({ name, values: slots.map(({ shed }) => shed) })),
        ...shedLines(watched),
      ],
    },
    {
      title: 'Tokens in the bucket',
      unit: 'tokens',
      lines: [{ name: 'tokens', values: states(watched, (at) => at.shedding?.tokensAvailable) }],
    },
    {
      title: 'Cache',
      unit: 'a second',
      lines: [
        { name: 'reads', values: differences(watched, (at) => at.cache?.reads) },
        { name: 'hits', values: differences(watched, (at) => at.cache?.hits) },
        { name: 'database calls', values: differences(watched, (at) => at.cache?.databaseCalls) },
      ],
    },
    {
      title: 'CPU',
      unit: 'cores',
      lines: [
        { name: 'generator', values: load.generator.cpu },
        { name: 'the process behind the address', values: cpu },
      ],
    },
  ];
  return plots
    .map((plot) => ({ ...plot, lines: plot.lines.filter(({ values }) => values.some(isKnown)) }))
    .filter(
      ({ title, lines }) => title !== 'Cache' || lines.some(({ values }) => values.some(isMore)),
    )
    .filter(({ lines }) => lines.length > 0);
}

interface Watched {
  readonly server: readonly ServerMoment[];
  readonly seconds: number;
}

function slotsOf({ series }: ClassFigures): readonly Slot[] {
  return series.find(({ everyMs }) => everyMs === 1_000)?.slots ?? [];
}

/** What the server shed by its own classes and reasons, whichever those are. */
function shedLines(watched: Watched): Line[] {
  const classes = new Set(
    watched.server.flatMap(({ shedding }) => Object.keys(shedding?.shed ?? {})),
  );
  return [...classes].flatMap((name) => {
    const reasons = new Set(
      watched.server.flatMap(({ shedding }) => Object.keys(shedding?.shed[name] ?? {})),
    );
    return [...reasons]
      .map((reason) => ({
        name: `server: ${name}, ${reason}`,
        values: differences(watched, ({ shedding }) => shedding?.shed[name]?.[reason]),
      }))
      .filter(({ values }) => values.some((value) => value !== undefined && value > 0));
  });
}

function states({ server, seconds }: Watched, of: (moment: ServerMoment) => number | undefined) {
  return bySecond(seconds, (second) => {
    const moment = server.find(({ atMs }) => atMs >= second * 1_000 && atMs < (second + 1) * 1_000);
    return moment && of(moment);
  });
}

/** A second's share of a number that only rises, between the looks before and after its middle. */
function differences(
  { server, seconds }: Watched,
  of: (moment: ServerMoment) => number | undefined,
) {
  return bySecond(seconds, (second) => {
    const after = server.findIndex(({ atMs }) => atMs > (second + 0.5) * 1_000);
    const [a, b] = [server[after - 1], server[after]];
    if (a === undefined || b === undefined) return undefined;
    const [from, to] = [of(a), of(b)];
    return from === undefined || to === undefined
      ? undefined
      : (1_000 * (to - from)) / (b.atMs - a.atMs);
  });
}

function bySecond<T>(seconds: number, of: (second: number) => T): T[] {
  return Array.from({ length: seconds }, (_, second) => of(second));
}

/** A latency is known where something was served. */
function some(served: number, ms: number): number | undefined {
  return served === 0 ? undefined : ms;
}

function isMore(value: number | undefined): boolean {
  return value !== undefined && value > 0;
}

function isKnown(value: number | undefined): boolean {
  return value !== undefined;
}
