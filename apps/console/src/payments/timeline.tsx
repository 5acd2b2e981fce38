// The stages of a payment's way as they were measured, each with what passed since it was let in. A stage that
// nobody has measured says so, and why: nothing here is guessed.
import type { TransferTimeline } from '@atlas/client';
import { useQuery } from '@tanstack/react-query';
import { useSession } from '../session/use-session.ts';
import { useFailure, whileAway } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { durationText } from '../ui/figure-text.ts';
import { Time } from '../ui/time.tsx';
import { Waiting } from '../ui/still-asking.tsx';

type Stage = TransferTimeline['stages'][number];
type Measured = Extract<Stage, { status: 'measured' }>;
type Missing = Extract<Stage, { status: 'missing' }>;

/** What has not happened yet is asked for again, for as long after the posting. */
const youngMs = 15_000;
const askAgainMs = 1_000;

const names: Readonly<Record<Stage['stage'], string>> = {
  admitted: 'Admitted',
  committed: 'Committed',
  cached: 'Cached',
  published: 'Published',
  delivered: 'Delivered',
};

export function Timeline({ entryId }: { readonly entryId: string }) {
  const { atlas } = useSession();
  const timeline = useQuery({
    queryKey: ['timeline', entryId],
    queryFn: ({ signal }) => atlas.transfers.timeline(entryId, { signal }),
    refetchInterval: (query) =>
      query.state.data && isGrowing(query.state.data) ? askAgainMs : whileAway(query),
  });
  const failure = useFailure(timeline);
  return (
    <section className="timeline" aria-label="Timeline">
      <h3>Timeline</h3>
      {timeline.data !== undefined && <Stages timeline={timeline.data} />}
      {timeline.isPending && failure === null && <Waiting shape="timeline-skeleton" />}
      {failure !== null && timeline.data === undefined && (
        <ProblemNote error={failure}>
          <button type="button" className="button" onClick={() => void timeline.refetch()}>
            Ask again
          </button>
        </ProblemNote>
      )}
    </section>
  );
}

function Stages({ timeline: { stages, unanswered } }: { readonly timeline: TransferTimeline }) {
  return (
    <>
      <ol>
        {stages.map((stage, i) => (
          <li key={`${stage.stage} ${i}`} className={stage.status}>
            <span className="stage-mark" aria-hidden="true" />
            <span className="stage-name">{names[stage.stage]}</span>
            {stage.status === 'measured' ? (
              <Passed stage={stage} />
            ) : (
              <span className="stage-why">{whyMissing(stage)}</span>
            )}
          </li>
        ))}
      </ol>
      {unanswered.length > 0 && (
        <p className="timeline-note">
          {unanswered.length === 1 ? 'One process' : `${unanswered.length} processes`} did not
          answer: {unanswered.join(', ')}.
        </p>
      )}
    </>
  );
}

function Passed({ stage }: { readonly stage: Measured }) {
  const { at, offsetMs, node } = stage;
  return (
    <>
      <span className="stage-offset">{offsetMs === null ? '' : offsetText(offsetMs)}</span>
      <span className="stage-where">
        <Time at={at} />
        {stage.deliveries !== undefined && ` · ${deliveriesText(stage)}`}
        <span className="code" title="The process that measured it">
          {' '}
          {node}
        </span>
      </span>
    </>
  );
}

function offsetText(ms: number): string {
  if (ms >= 10_000) return `+${durationText(ms)}`;
  return ms < 0 ? `\u2212${-ms} ms` : ms === 0 ? '0 ms' : `+${ms} ms`;
}

function deliveriesText({ at, lastAt, deliveries = 0 }: Measured): string {
  const count = `${deliveries} ${deliveries === 1 ? 'delivery' : 'deliveries'}`;
  const tookMs = lastAt === undefined ? 0 : Date.parse(lastAt) - Date.parse(at);
  return tookMs > 0 ? `${count}, the last ${tookMs} ms later` : count;
}

function whyMissing({ stage, reason }: Missing): string {
  switch (reason) {
    case 'forgotten':
      return 'Forgotten: only the last payments are remembered, until a restart';
    case 'unanswered':
      return 'Unknown: a process that may know did not answer';
    case 'not_measured':
      return stage === 'delivered'
        ? 'To nobody: no screen was watching its accounts'
        : 'Not measured: it has not happened yet';
  }
}

function isGrowing({ postedAt, stages }: TransferTimeline): boolean {
  if (Date.now() - Date.parse(postedAt) > youngMs) return false;
  return stages.some((stage) => stage.status === 'missing' && stage.reason === 'not_measured');
}
