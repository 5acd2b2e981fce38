// One of the things that are watched: its name, how far its figures can be trusted, and the figures, in
// grey once they are old. Before the first answer their place is held by a skeleton, never by zeros.
import './figures.css';
import { useId, type ReactNode } from 'react';
import { Id } from './id.tsx';
import { useNow } from './use-now.ts';
import { Freshness, isLive, Outage } from './freshness.tsx';
import type { Watched } from './watch.ts';
import { Waiting } from './still-asking.tsx';

interface PanelProps<T> {
  readonly title: string;
  /** Who answers, at the start of a sentence. */
  readonly who: string;
  readonly watched: Watched<T>;
  /** The replica that has answered, where the figures are of one only. */
  readonly nodeOf?: (latest: T) => string;
  readonly children: (latest: T, nowMs: number) => ReactNode;
}

export function Panel<T>({ title, who, watched, nodeOf, children }: PanelProps<T>) {
  const heading = useId();
  const nowMs = useNow();
  const last = watched.samples.at(-1);
  // The clock of the page ticks less often than answers come.
  const shownMs = Math.max(nowMs, last?.atMs ?? 0);
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {nodeOf !== undefined && last !== undefined && (
          <span className="panel-node">
            of replica <Id id={nodeOf(last.value)} />
          </span>
        )}
        <Freshness watched={watched} nowMs={shownMs} />
      </header>
      <Outage who={who} watched={watched} />
      {last === undefined ? (
        watched.failure === undefined && <Waiting shape="panel-skeleton" />
      ) : (
        <div className={isLive(watched, shownMs) ? 'panel-body' : 'panel-body stale'}>
          {children(last.value, shownMs)}
        </div>
      )}
    </section>
  );
}
