// The figures that say at a glance whether all is well. Each is of the whole range, says where it stands now,
// and leads to its chart.
import type { Telemetry } from '@atlas/client';
import { Icon } from '../ui/icons.tsx';
import type { Span } from '../ui/chart-shape.ts';
import { Sparkline } from './sparkline.tsx';
import { barText, figureOf, known, sloOf, texts, valuesOf } from './telemetry.ts';

interface Tile {
  readonly name: string;
  readonly figure: string;
  /** Where that one is not known. */
  readonly orElse?: string;
  /** The SLO whose bar it has. */
  readonly slo?: string;
  /** Of the chart that it opens. */
  readonly chart: string;
}

const tiles: readonly Tile[] = [
  { name: 'Transfers posted', figure: 'transfers.posted', chart: 'transfers' },
  { name: 'Refused', figure: 'requests.refusedShare', slo: 'shed', chart: 'refused' },
  { name: 'Errors', figure: 'requests.errorShare', slo: 'errors', chart: 'errors' },
  { name: 'Transfer p99', figure: 'transfers.p99', chart: 'transfer-latency' },
  { name: 'Way to the screen p99', figure: 'way.p99', slo: 'change to screen p99', chart: 'way' },
  { name: 'Reads', figure: 'reads.answered', chart: 'reads' },
  { name: 'Balance p99', figure: 'reads.p99', slo: 'balance p99', chart: 'read-latency' },
  { name: 'Cache hits', figure: 'cache.hitRatio', slo: 'hit ratio', chart: 'cache' },
  { name: 'Event lag', figure: 'events.lag', orElse: 'events.outbox', chart: 'lag' },
  { name: 'Connections', figure: 'hub.connections', chart: 'connections' },
];

interface TilesProps {
  readonly telemetry: Telemetry;
  readonly span: Span;
}

export function Tiles({ telemetry, span }: TilesProps) {
  return (
    <ul className="tiles">
      {tiles.map((tile) => (
        <li key={tile.name}>
          <OneTile tile={tile} telemetry={telemetry} span={span} />
        </li>
      ))}
    </ul>
  );
}

function OneTile({ tile, telemetry, span }: TilesProps & { readonly tile: Tile }) {
  const first = figureOf(telemetry, tile.figure);
  const isKnown = tile.orElse === undefined || known(first?.value) !== undefined;
  const figure = isKnown ? first : figureOf(telemetry, tile.orElse);
  const slo = sloOf(telemetry, tile.slo);
  const unit = figure?.unit ?? 'count';
  const values = valuesOf(figure?.points ?? []);
  const isBroken = slo?.state === 'broken';
  return (
    <a className="tile" href={`#${tile.chart}`}>
      <span className="tile-name">
        {isBroken && <Icon name="alert" />}
        {tile.name}
      </span>
      <span className={isBroken ? 'tile-value bad' : 'tile-value'}>
        {texts[unit](known(figure?.value))}
        {unit === 'per second' && <span className="code"> /s</span>}
      </span>
      <Sparkline
        span={span}
        values={values}
        bar={slo && (slo.unit === '%' ? slo.bar / 100 : slo.bar)}
        top={unit === 'share' && slo?.is === '>' ? 1 : undefined}
      />
      <span className="tile-foot">
        <span>{lastText(values, texts[unit])}</span>
        {slo !== undefined && <span>{isBroken ? `Broken: ${barText(slo)}` : barText(slo)}</span>}
      </span>
    </a>
  );
}

/** The last step has only just begun, so that the one before it is of now as well. */
const stepsOfNow = 2;

/** "Now 412", and of what has had no value lately "Last 38 ms": a percentile without requests has none. */
function lastText(
  values: readonly (number | undefined)[],
  text: (value: number) => string,
): string {
  const at = values.findLastIndex((value) => value !== undefined);
  if (at < 0) return 'Nothing yet';
  return `${at >= values.length - stepsOfNow ? 'Now' : 'Last'} ${text(values[at]!)}`;
}
