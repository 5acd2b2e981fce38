// A time as lines, with their figures in a table beside them: a picture shows that something
// changed, a table says to what, also to those who cannot see the picture. Drawn by hand as SVG, because a
// chart library would weigh more than the whole page.
import { useId, useState } from 'react';
import { localAndUtcText, momentText, spanText, timeText, utcText } from './time.ts';
import { mean, most, niceTop, paths, slices, type Span } from './chart-shape.ts';

export type Tone = 'offered' | 'admitted' | 'refused' | 'level' | 'limit';

export interface Series {
  readonly name: string;
  readonly tone: Tone;
  /** One for each time; undefined where nothing is known. */
  readonly values: readonly (number | undefined)[];
  /** Of the whole time, where it is not the mean of the values. */
  readonly whole?: number | undefined;
}

interface TimeChartProps extends Span {
  /** Of the figure, for links. */
  readonly id?: string;
  readonly title: string;
  readonly hint: string;
  readonly series: readonly Series[];
  readonly text: (value: number | undefined) => string;
  /** Percentiles: there is no mean of them, so tables have those of the whole time, and the highest. */
  readonly percentiles?: boolean;
  /** The metrics that it is made of. */
  readonly madeOf?: readonly string[];
}

const width = 600;
const height = 120;
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Of the table by time; the shortest that makes some twenty rows. */
const slicesMs = [15_000, minuteMs, 5 * minuteMs, 20 * minuteMs, 2 * hourMs, 12 * hourMs];
const rowsAimed = 20;

export function TimeChart(props: TimeChartProps) {
  const { title, hint, times, series, text, fromMs, toMs, gapMs, madeOf } = props;
  const percentiles = props.percentiles ?? false;
  const heading = useId();
  const [open, setOpen] = useState(false);
  const top = niceTop(most(series.flatMap(({ values }) => values)) ?? 0);
  const spanMs = toMs - fromMs;
  const frame = { width, height, top, fromMs, toMs, gapMs };
  const sliceMs = slicesMs.find((ms) => spanMs / ms <= rowsAimed) ?? slicesMs.at(-1)!;
  return (
    <figure className="chart" id={props.id} tabIndex={-1} aria-labelledby={heading}>
      <figcaption>
        <h3 id={heading}>{title}</h3>
        <p>{hint}</p>
      </figcaption>
      <div className="chart-body">
        <div className="chart-plot">
          <svg
            viewBox={`0 0 ${width} ${height}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={`${title}: ${saying(series, text)}`}
          >
            <path
              className="chart-grid"
              d={`M0 0H${width}M0 ${height / 2}H${width}M0 ${height}H${width}`}
            />
            {series.map(({ name, tone, values }) => {
              const { line, area } = paths(times, values, frame);
              return (
                <g key={name} className={`chart-line ${tone}`}>
                  {tone === 'offered' && <path className="area" d={area} />}
                  <path d={line} />
                </g>
              );
            })}
          </svg>
          <p className="chart-scale" aria-hidden="true">
            <span>{text(top)}</span>
            <span>{text(top / 2)}</span>
            <span>{text(0)}</span>
          </p>
          <p className="chart-times" aria-hidden="true">
            <span>{spanText(spanMs)} ago</span>
            <span>now</span>
          </p>
        </div>
        <FiguresTable {...{ title, series, text, percentiles }} />
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>By time</summary>
        {open && madeOf !== undefined && (
          <p>
            Made of{' '}
            {madeOf.map((metric) => (
              <code key={metric}>{metric}</code>
            ))}
          </p>
        )}
        {open && <TimesTable {...{ title, times, series, text, percentiles, sliceMs, spanMs }} />}
      </details>
    </figure>
  );
}

type TableProps = Pick<TimeChartProps, 'title' | 'series' | 'text'> & {
  readonly percentiles: boolean;
};

function FiguresTable({ title, series, text, percentiles }: TableProps) {
  return (
    <table className="figures">
      <caption className="hidden">{title}: now, in all and at most</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Now</th>
          <th scope="col">{percentiles ? 'In all' : 'Mean'}</th>
          <th scope="col">Most</th>
        </tr>
      </thead>
      <tbody>
        {series.map(({ name, tone, values, whole }) => (
          <tr key={name}>
            <th scope="row">
              <Swatch tone={tone} />
              {name}
            </th>
            <td>{text(values.at(-1))}</td>
            <td>{text(whole ?? (percentiles ? undefined : mean(values)))}</td>
            <td>{text(most(values))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of slices of the time, newest first: the mean, or the highest percentile. */
function TimesTable(
  props: TableProps &
    Pick<TimeChartProps, 'times'> & { readonly sliceMs: number; readonly spanMs: number },
) {
  const { title, times, series, text, percentiles, sliceMs } = props;
  // Longer than half a day, a time alone could be of either day.
  const dated = props.spanMs > 12 * hourMs;
  const fold = percentiles ? most : mean;
  return (
    <table className="figures by-time">
      <caption className="hidden">
        {title}, {percentiles ? 'highest' : 'means'} of {spanText(sliceMs)}
      </caption>
      <thead>
        <tr>
          <th scope="col">From</th>
          <th scope="col">UTC</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {slices(times, sliceMs).map(({ fromMs, first, end }) => (
          <tr key={fromMs}>
            <th scope="row" title={localAndUtcText(fromMs)}>
              {dated ? momentText(fromMs) : timeText(fromMs)}
            </th>
            <td>{utcText(fromMs).replace(' UTC', '')}</td>
            {series.map(({ name, values }) => (
              <td key={name}>{text(fold(values.slice(first, end)))}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Swatch({ tone }: { readonly tone: Tone }) {
  return (
    <svg className="swatch" viewBox="0 0 16 8" aria-hidden="true">
      <g className={`chart-line ${tone}`}>
        {tone === 'offered' && <path className="area" d="M0 4H16V8H0Z" />}
        <path d="M0 4H16" />
      </g>
    </svg>
  );
}

function saying(series: readonly Series[], text: TimeChartProps['text']): string {
  return series
    .map(({ name, values }) => `${name.toLowerCase()} ${text(values.at(-1))}`)
    .join(', ');
}
