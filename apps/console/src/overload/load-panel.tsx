// A load on a system that is not production, by the generator that `atlas load` runs, and what it sees
// from outside. What the platform does about it stands in the charts above. It is offered only where the
// gateway takes development tokens: nobody has customers there.
import type { LoadRun } from '@atlas/client';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { readConsoleSettings } from '../session/console-settings.ts';
import { useSession } from '../session/use-session.ts';
import { answerMs } from '../ui/answer-ms.ts';
import { useFailure } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { everyMs } from '../ui/watch.ts';
import { LoadForm } from './load-form.tsx';
import { LoadOutcome } from './load-outcome.tsx';

export function LoadPanel() {
  const settings = useQuery({
    queryKey: ['console-settings'],
    queryFn: readConsoleSettings,
    staleTime: Infinity,
    refetchInterval: ({ state }) => (state.status === 'error' ? everyMs : false),
  });
  return settings.data?.developmentTokens === true ? <Offered /> : null;
}

function Offered() {
  const { operations } = useSession().atlas;
  const heading = useId();
  const run = useQuery({
    queryKey: ['load-run'],
    queryFn: ({ signal }) => operations.lastLoad({ signal, deadlineMs: answerMs }),
    refetchInterval: ({ state: { data, status } }) =>
      status === 'error' || isUnderWay(data) ? everyMs : false,
  });
  const failure = useFailure(run);
  const stopping = useMutation({
    mutationFn: () => operations.stopLoad(),
    onSettled: () => run.refetch(),
  });
  const underWay = isUnderWay(run.data);
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>Load</h2>
        {underWay && (
          <button
            type="button"
            className="button"
            onClick={() => stopping.mutate()}
            disabled={stopping.isPending}
          >
            {stopping.isPending ? 'Stopping…' : 'Stop'}
          </button>
        )}
      </header>
      <p>
        This is no production, so it may be loaded: real requests over the public API, in accounts
        whose ids begin with <code>load-</code>. Its refusals are those of the charts above.
      </p>
      {!underWay && <LoadForm onStarted={() => void run.refetch()} />}
      {failure !== null && <ProblemNote error={failure} />}
      {run.data != null && <LoadOutcome run={run.data} />}
    </section>
  );
}

function isUnderWay(run: LoadRun | null | undefined): boolean {
  return run?.state === 'preparing' || run?.state === 'running';
}
