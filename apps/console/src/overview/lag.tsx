// How far behind the event log its readers are: the relay that publishes to it, and of each partition the
// slowest replica of the hub.
import type { Telemetry } from '@atlas/client';
import { most, type Span } from '../ui/chart-shape.ts';
import { countText } from '../ui/figure-text.ts';
import { Sparkline } from './sparkline.tsx';
import { figureOf, known, valuesOf } from './telemetry.ts';

export function Lag({ telemetry, span }: { readonly telemetry: Telemetry; readonly span: Span }) {
  const outbox = figureOf(telemetry, 'events.outbox');
  const hub = figureOf(telemetry, 'events.lag');
  const rows = [
    { reader: 'Relay', what: 'outbox', ...valued(outbox) },
    ...(hub?.parts ?? [])
      .toSorted((a, b) => Number(a.of['partition']) - Number(b.of['partition']))
      .map((part) => ({
        reader: 'Hub',
        what: `partition ${part.of['partition']}`,
        ...valued(part),
      })),
  ];
  return (
    <section className="figure-block" id="lag" tabIndex={-1} aria-labelledby="lag-name">
      <h3 id="lag-name">Event lag</h3>
      <p>
        Records yet to be published by the relay, and yet to be read by the hub: of each partition
        at its slowest replica. {hub?.parts.length === 0 && 'The embedded log has no partitions.'}
      </p>
      <table className="figures" aria-labelledby="lag-name">
        <thead>
          <tr>
            <th scope="col">Reader</th>
            <td />
            <th scope="col">Now</th>
            <th scope="col">Most</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ reader, what, value, values }) => (
            <tr key={what}>
              <th scope="row">
                {reader} <span className="code">{what}</span>
              </th>
              <td className="lag-line">
                <Sparkline span={span} values={values} />
              </td>
              <td>{countText(value)}</td>
              <td>{countText(most(values))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function valued(
  of: { readonly value: number | null; readonly points: readonly (number | null)[] } | undefined,
) {
  return { value: known(of?.value), values: valuesOf(of?.points ?? []) };
}
