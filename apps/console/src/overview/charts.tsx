// The range as charts: what was asked for and what came of it, how long it took, and how it reached screens.
import type { Telemetry } from '@atlas/client';
import type { Span } from '../ui/chart-shape.ts';
import { TimeChart, type Series, type Tone } from '../ui/time-chart.tsx';
import { figureOf, known, texts, valuesOf } from './telemetry.ts';

interface Line {
  readonly name: string;
  readonly figure: string;
  /** Only the part with this value of this label; parts that differ in other labels are added up. */
  readonly of?: readonly [label: string, value: string];
  readonly tone: Tone;
}

interface Chart {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly lines: readonly Line[];
}

const refusedOf = (name: string, value: string, tone: Tone): Line => ({
  name,
  figure: 'transfers.refused',
  of: ['class', value],
  tone,
});

/** Two times of the same: the slowest of a hundred, and the middle. */
const latency = (of: string): readonly Line[] => [
  { name: 'p99', figure: `${of}.p99`, tone: 'level' },
  { name: 'p50', figure: `${of}.p50`, tone: 'limit' },
];

const charts: readonly Chart[] = [
  {
    id: 'transfers',
    title: 'Transfers per second',
    hint: 'Requests offered and admitted; goodput is what was posted. A batch is one request.',
    lines: [
      { name: 'Offered', figure: 'transfers.offered', tone: 'offered' },
      { name: 'Admitted', figure: 'transfers.admitted', tone: 'limit' },
      { name: 'Goodput', figure: 'transfers.posted', tone: 'admitted' },
    ],
  },
  {
    id: 'refused',
    title: 'Refused per second',
    hint: 'Transfer requests that overload turned away, by class, and all that the gateway had no room for. The reasons are on the Overload page.',
    lines: [
      refusedOf('Critical', 'critical', 'refused'),
      refusedOf('Normal', 'normal', 'level'),
      refusedOf('Bulk', 'bulk', 'limit'),
      { name: 'At the gateway', figure: 'gateway.refused', tone: 'offered' },
    ],
  },
  {
    id: 'transfer-latency',
    title: 'Latency of transfers',
    hint: 'From the admission to the answer: committed, and in the cache.',
    lines: latency('transfers'),
  },
  {
    id: 'read-latency',
    title: 'Latency of balance reads',
    hint: 'At the ledger.',
    lines: latency('reads'),
  },
  {
    id: 'way',
    title: 'Way to the screen',
    hint: 'From the commit of a change until it was written to a connection, sampled.',
    lines: latency('way'),
  },
  {
    id: 'reads',
    title: 'Reads per second',
    hint: 'Answered by the ledger, and refused as overload.',
    lines: [
      { name: 'Answered', figure: 'reads.answered', tone: 'offered' },
      { name: 'Refused', figure: 'reads.refused', tone: 'refused' },
    ],
  },
  {
    id: 'cache',
    title: 'Database calls per second',
    hint: 'Balance reads that cost a query, and those that were saved one.',
    lines: [
      { name: 'Saved', figure: 'cache.saved', tone: 'admitted' },
      { name: 'Queries', figure: 'cache.databaseCalls', tone: 'refused' },
    ],
  },
  {
    id: 'errors',
    title: 'Errors per second',
    hint: 'Answers internal and unavailable, of the gateway where a role was away. Refusals by the rules of the book are none.',
    lines: [
      { name: 'Transfers', figure: 'transfers.errors', tone: 'refused' },
      { name: 'Reads', figure: 'reads.errors', tone: 'level' },
      { name: 'Gateway', figure: 'gateway.errors', tone: 'limit' },
    ],
  },
  {
    id: 'connections',
    title: 'Connections',
    hint: 'Open at the hub, and the accounts that they watch.',
    lines: [
      { name: 'Connections', figure: 'hub.connections', tone: 'level' },
      { name: 'Accounts watched', figure: 'hub.subscriptions', tone: 'limit' },
    ],
  },
  {
    id: 'deliveries',
    title: 'Deliveries per second',
    hint: 'Balance updates sent; an overtaken one was replaced before a slow client took it.',
    lines: [
      { name: 'Sent', figure: 'hub.deliveries', tone: 'admitted' },
      { name: 'Overtaken', figure: 'hub.conflated', tone: 'limit' },
    ],
  },
];

export function Charts(props: { readonly telemetry: Telemetry; readonly span: Span }) {
  const { telemetry, span } = props;
  return (
    <div className="charts">
      {charts.map(({ id, title, hint, lines }) => {
        const unit = figureOf(telemetry, lines[0]!.figure)?.unit ?? 'count';
        const madeOf = lines.flatMap((line) => figureOf(telemetry, line.figure)?.madeOf ?? []);
        return (
          <TimeChart
            key={id}
            {...span}
            id={id}
            title={title}
            hint={hint}
            series={lines.map((line) => seriesOf(telemetry, line))}
            text={texts[unit]}
            percentiles={unit === 'ms'}
            madeOf={[...new Set(madeOf)]}
          />
        );
      })}
    </div>
  );
}

function seriesOf(telemetry: Telemetry, { name, figure: of, of: label, tone }: Line): Series {
  const figure = figureOf(telemetry, of);
  const points = figure?.points ?? [];
  if (label === undefined) {
    return { name, tone, values: valuesOf(points), whole: known(figure?.value) };
  }
  const parts = figure?.parts.filter((part) => part.of[label[0]] === label[1]) ?? [];
  // A part that was zero all the time is left out, and still known.
  const values = points.map((whole, step) =>
    whole === null ? undefined : parts.reduce((sum, part) => sum + (part.points[step] ?? 0), 0),
  );
  return { name, tone, values };
}
