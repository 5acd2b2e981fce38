// How far the figures can be trusted: live, or as of when; and in an outage what is wrong and that it is
// asked for again. Only the words are a live region; an age that ticks inside would be read out each second.
import type { ReactNode } from 'react';
import { AtlasError } from '@atlas/client';
import { adviceFor } from './advice.ts';
import { Icon } from './icons.tsx';
import { ageText, localAndUtcText } from './time.ts';
import type { Watched } from './watch.ts';

/** An answer may be so late before what is shown is called old. */
const lateMs = 3_000;

export function isLive({ samples, failure, everyMs }: Watched<unknown>, nowMs: number): boolean {
  const last = samples.at(-1);
  return failure === undefined && last !== undefined && nowMs - last.atMs < everyMs + lateMs;
}

export function Freshness(props: { readonly watched: Watched<unknown>; readonly nowMs: number }) {
  const { watched, nowMs } = props;
  const last = watched.samples.at(-1);
  const live = isLive(watched, nowMs);
  const tone = live ? 'good' : watched.failure === undefined ? 'wait' : 'bad';
  return (
    <p className="state">
      <span className={`dot ${tone}`} />
      <span role="status">{live ? 'Live' : stateWord(watched)}</span>
      {last !== undefined && (
        <span>
          {' · as of '}
          {localAndUtcText(last.atMs)}, {ageText(nowMs - last.atMs)}
        </span>
      )}
    </p>
  );
}

function stateWord({ samples, failure }: Watched<unknown>): string {
  if (failure !== undefined) return 'No answer';
  return samples.length === 0 ? 'Asking…' : 'Updating…';
}

/** What is wrong, while something is. */
export function Outage(props: {
  readonly who: string;
  readonly watched: Watched<unknown>;
  readonly children?: ReactNode;
}) {
  const { failure, samples, everyMs } = props.watched;
  if (failure === undefined) return null;
  const problem = failure.error instanceof AtlasError ? failure.error : undefined;
  return (
    <div className="note bad" role="alert">
      <Icon name="alert" />
      <div>
        <p className="note-title">
          {props.who} gave no figures since {localAndUtcText(failure.sinceMs)}
          {problem !== undefined && <code>{problem.code}</code>}
        </p>
        {problem !== undefined && <p>{problem.message || problem.title}</p>}
        <p>
          {adviceFor(problem?.code)} {samples.length > 0 && 'What you see is what was heard last. '}
          It is asked for again by itself, {everyText(everyMs)} or when the server says.
        </p>
      </div>
    </div>
  );
}

function everyText(everyMs: number): string {
  return everyMs === 1_000 ? 'every second' : `every ${everyMs / 1_000} seconds`;
}
