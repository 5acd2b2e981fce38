// How a load goes, and what came of it: seen from outside, as its customers see it.
import type { LoadRun } from '@atlas/client';
import { Icon } from '../ui/icons.tsx';
import { Time } from '../ui/time.tsx';
import { countText } from '../ui/figure-text.ts';

const words: Readonly<Record<LoadRun['state'], string>> = {
  preparing: 'Opening accounts',
  running: 'Running',
  done: 'Done',
  stopped: 'Stopped before its end',
  failed: 'Failed',
};

export function LoadOutcome({ run }: { readonly run: LoadRun }) {
  const { scenario, ratePerSecond, seconds, state, startedAt, moments, result, error } = run;
  const atSeconds = Math.min(seconds, Math.round((moments.at(-1)?.atMs ?? 0) / 1_000));
  return (
    <div className="figure-block load-outcome">
      <h3 role="status">
        {words[state]}: {scenario}, {ratePerSecond}/s for {seconds} s
      </h3>
      <p>
        Started at <Time at={startedAt} />
      </p>
      {state === 'running' && (
        <progress
          max={seconds}
          value={atSeconds}
          aria-label={`${atSeconds} of ${seconds} seconds`}
        />
      )}
      {error !== null && (
        <p className="note bad">
          <Icon name="alert" /> {error}
        </p>
      )}
      {moments.length > 0 && <Counts run={run} />}
      {result !== null && <Result result={result} />}
    </div>
  );
}

/** Totals, with those of the last second beside them while it runs. */
function Counts({ run: { moments, state } }: { readonly run: LoadRun }) {
  const now = moments.at(-1)!;
  const before = state === 'running' ? moments.at(-2) : undefined;
  return (
    <table className="figures" aria-label="What its customers see">
      <thead>
        <tr>
          <td />
          {columns.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {now.classes.map((counts) => {
          const earlier = before?.classes.find(({ name }) => name === counts.name);
          return (
            <tr key={counts.name}>
              <th scope="row">{counts.name}</th>
              {columns.map(({ name, field }) => (
                <td key={name}>
                  {countText(counts[field])}
                  {earlier !== undefined && (
                    <span className="total">{countText(counts[field] - earlier[field])}/s</span>
                  )}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const columns = [
  { name: 'Wanted', field: 'offered' },
  { name: 'In time', field: 'good' },
  { name: 'Turned away', field: 'shed' },
  { name: 'Failed', field: 'failed' },
] as const;

function Result({ result }: { readonly result: NonNullable<LoadRun['result']> }) {
  return (
    <>
      <ul className="verdicts" aria-label="Bars">
        {result.verdicts.map(({ text, isKept }) => (
          <li key={text} className={isKept ? 'kept' : 'missed'}>
            {text}
          </li>
        ))}
      </ul>
      <p>
        {result.latencies
          .map(({ name, p50Ms, p99Ms }) => `${name} p50 ${msText(p50Ms)}, p99 ${msText(p99Ms)}`)
          .join(' · ')}
      </p>
      {result.voidBecause.map((reason) => (
        <p key={reason} className="note warn">
          <Icon name="alert" /> These figures say nothing: {reason}
        </p>
      ))}
    </>
  );
}

function msText(ms: number): string {
  return `${ms < 100 ? ms.toFixed(1) : ms.toFixed(0)} ms`;
}
