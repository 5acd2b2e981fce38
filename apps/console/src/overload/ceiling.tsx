// The ceiling: what it stands at, who set it, and the way to set it while everything runs. What an
// operator sets holds for every replica and every tenant, so the new rate is typed twice: a slip of a
// digit refuses nine requests of ten.
import type { LoadShedding } from '@atlas/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSession } from '../session/use-session.ts';
import { Icon } from '../ui/icons.tsx';
import { useFailure, whileAway } from '../ui/outage.ts';
import { ProblemNote } from '../ui/problem-note.tsx';
import { dateText, localAndUtcText } from '../ui/time.ts';
import { ChangeCeiling } from './change-ceiling.tsx';
import { ResetCeiling } from './reset-ceiling.tsx';
import { ceilingFields, ceilingText, quotaText, type Wanted } from './wanted-ceiling.ts';

interface CeilingProps {
  /** By the statistics, which come every second; who set it is asked when these change. */
  readonly inForce: Wanted;
  /** As in "for this replica". */
  readonly whose: string;
  readonly offeredPerSecond: number | undefined;
}

export function Ceiling({ inForce, whose, offeredPerSecond }: CeilingProps) {
  const { atlas } = useSession();
  const queries = useQueryClient();
  const [open, setOpen] = useState<'change' | 'reset'>();
  const [done, setDone] = useState<LoadShedding>();
  const ceiling = useQuery({
    queryKey: keyOf(inForce),
    queryFn: ({ signal }) => atlas.operations.ceiling({ signal }),
    placeholderData: (before) => before,
    refetchInterval: whileAway,
  });
  const failure = useFailure(ceiling);
  const close = () => setOpen(undefined);
  const onDone = (now: LoadShedding) => {
    queries.setQueryData(keyOf(now), now);
    setDone(now);
    close();
  };
  return (
    <div className="figure-block ceiling">
      <h3>Ceiling</h3>
      {ceiling.data === undefined && failure !== null && (
        <ProblemNote error={failure}>
          <button type="button" className="button" onClick={() => void ceiling.refetch()}>
            Ask again
          </button>
        </ProblemNote>
      )}
      {ceiling.data === undefined && failure === null && (
        <span className="skeleton ceiling-skeleton" />
      )}
      {ceiling.data !== undefined && (
        <>
          <p className="ceiling-now">
            {ceilingText(ceiling.data)}, {whose}
          </p>
          <p>
            {quotaText(ceiling.data)} · {setByText(ceiling.data)}
          </p>
          <div className="actions">
            {ceiling.data.setBy === 'operator' && (
              <button type="button" className="button" onClick={() => setOpen('reset')}>
                Back to the settings…
              </button>
            )}
            <button type="button" className="button" onClick={() => setOpen('change')}>
              Change…
            </button>
          </div>
          {open === 'change' && (
            <ChangeCeiling
              ceiling={ceiling.data}
              offeredPerSecond={offeredPerSecond}
              onClose={close}
              onDone={onDone}
            />
          )}
          {open === 'reset' && <ResetCeiling onClose={close} onDone={onDone} />}
        </>
      )}
      <div role="status">
        {done !== undefined && (
          <div className="note good">
            <Icon name="check" />
            <p>
              Set to {ceilingText(done)}. {quotaText(done)}. Other replicas follow within about a
              second, and the audit record says who did it.
            </p>
          </div>
        )}
      </div>
    </div>
  );
}

function keyOf(ceiling: Wanted): readonly unknown[] {
  return ['ceiling', ...ceilingFields.map(({ name }) => ceiling[name])];
}

function setByText({ setBy, setAt }: LoadShedding): string {
  if (setBy === 'settings') return 'as the settings say';
  if (setAt === undefined) return 'set by an operator';
  return `set by an operator on ${dateText(setAt)} at ${localAndUtcText(setAt)}`;
}
