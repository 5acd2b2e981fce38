// A figure's range at a glance, with its bar as a line: how far away that is, is what it shows.
import { niceTop, paths, most, type Span } from '../ui/chart-shape.ts';

interface SparklineProps {
  readonly span: Span;
  readonly values: readonly (number | undefined)[];
  /** In the unit of the values. */
  readonly bar?: number | undefined;
  /** Where the scale ends by nature: 1 for a share of all. */
  readonly top?: number | undefined;
}

const width = 160;
const height = 28;

export function Sparkline({ span, values, bar, top }: SparklineProps) {
  const highest = Math.max(most(values) ?? 0, bar ?? 0);
  const frame = { ...span, width, height, top: top ?? (highest > 0 ? highest * 1.1 : niceTop(0)) };
  const { line } = paths(span.times, values, frame);
  const barY =
    bar === undefined ? undefined : height - (Math.min(bar, frame.top) / frame.top) * height;
  return (
    <svg
      className="sparkline"
      viewBox={`0 -1 ${width} ${height + 2}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      {barY !== undefined && (
        <g className="chart-line limit">
          <path d={`M0 ${barY}H${width}`} />
        </g>
      )}
      <g className="chart-line level">
        <path d={line} />
      </g>
    </svg>
  );
}
