// The last minutes as lines, with their figures in a table beside them: a picture shows that something
// changed, a table says to what, also to those who cannot see the picture. Drawn by hand as SVG, because a
// chart library would weigh more than the whole page.
import { useId, useState } from 'react';
import { localAndUtcText, timeText, utcText } from '../ui/time.ts';
import { niceTop, paths, slices, spanOf } from './chart-shape.ts';
import { mean, most } from './rates.ts';
import { keptMs } from './watch.ts';

export type Tone = 'offered' | 'admitted' | 'refused' | 'level' | 'limit';

export interface Series {
  readonly name: string;
  readonly tone: Tone;
  /** One for each time; undefined where nothing is known. */
  readonly values: readonly (number | undefined)[];
}

interface TimeChartProps {
  readonly title: string;
  readonly hint: string;
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly text: (value: number | undefined) => string;
  readonly nowMs: number;
}

const width = 600;
const height = 120;
const minuteMs = 60_000;
const spansMs = [minuteMs, 2 * minuteMs, keptMs];
const sliceMs = 15_000;

export function TimeChart(props: TimeChartProps) {
  const { title, hint, times, series, text, nowMs } = props;
  const heading = useId();
  const [open, setOpen] = useState(false);
  const top = niceTop(most(series.flatMap(({ values }) => values)) ?? 0);
  const spanMs = spanOf(times, nowMs, spansMs);
  const frame = { width, height, top, fromMs: nowMs - spanMs, toMs: nowMs };
  return (
    <figure className="chart" aria-labelledby={heading}>
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
            <span>{spanMs / minuteMs} min ago</span>
            <span>now</span>
          </p>
        </div>
        <FiguresTable title={title} times={times} series={series} text={text} />
      </div>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>By time</summary>
        {open && <TimesTable title={title} times={times} series={series} text={text} />}
      </details>
    </figure>
  );
}

type TableProps = Pick<TimeChartProps, 'title' | 'times' | 'series' | 'text'>;

function FiguresTable({ title, times, series, text }: TableProps) {
  const last = times.at(-1) ?? 0;
  const inLastMinute = (_: unknown, i: number) => last - times[i]! <= minuteMs;
  return (
    <table className="figures">
      <caption className="hidden">{title}: now, on average and at most</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">Now</th>
          <th scope="col">1 min mean</th>
          <th scope="col">5 min most</th>
        </tr>
      </thead>
      <tbody>
        {series.map(({ name, tone, values }) => (
          <tr key={name}>
            <th scope="row">
              <Swatch tone={tone} />
              {name}
            </th>
            <td>{text(values.at(-1))}</td>
            <td>{text(mean(values.filter(inLastMinute)))}</td>
            <td>{text(most(values))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Means of a quarter of a minute, newest first. */
function TimesTable({ title, times, series, text }: TableProps) {
  return (
    <table className="figures by-time">
      <caption className="hidden">{title}, means of 15 s</caption>
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
              {timeText(fromMs)}
            </th>
            <td>{utcText(fromMs).replace(' UTC', '')}</td>
            {series.map(({ name, values }) => (
              <td key={name}>{text(mean(values.slice(first, end)))}</td>
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
