// Which load, how much of it, and for how long.
import type { LoadOrder } from '@atlas/client';
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import { useSession } from '../session/use-session.ts';
import { Field } from '../ui/field.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { loadScenarios, readOrder, scenarioTexts, usual } from './load-order.ts';

export function LoadForm({ onStarted }: { readonly onStarted: () => void }) {
  const { operations } = useSession().atlas;
  const form = useId();
  const [typed, setTyped] = useState(usual);
  const [submitted, setSubmitted] = useState(false);
  const starting = useMutation({
    mutationFn: (order: LoadOrder) => operations.startLoad(order),
    onSuccess: onStarted,
  });
  const { order, rateFault, secondsFault } = readOrder(typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    if (order !== undefined) starting.mutate(order);
  };
  return (
    <form className="load-form" onSubmit={submit} noValidate>
      <Field
        id={`${form}-scenario`}
        label="Scenario"
        hint={scenarioTexts[typed.scenario]}
        fault={undefined}
      >
        <select
          className="select"
          value={typed.scenario}
          onChange={(event) => {
            const scenario = loadScenarios.find((name) => name === event.target.value)!;
            setTyped({ ...typed, scenario });
          }}
        >
          {loadScenarios.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </Field>
      <Field
        id={`${form}-rate`}
        label="Arrivals a second"
        fault={submitted ? rateFault : undefined}
      >
        <input
          className="number"
          inputMode="numeric"
          value={typed.rate}
          onChange={(event) => setTyped({ ...typed, rate: event.target.value })}
          maxLength={6}
          autoComplete="off"
        />
      </Field>
      <Field id={`${form}-seconds`} label="Seconds" fault={submitted ? secondsFault : undefined}>
        <input
          className="number"
          inputMode="numeric"
          value={typed.seconds}
          onChange={(event) => setTyped({ ...typed, seconds: event.target.value })}
          maxLength={4}
          autoComplete="off"
        />
      </Field>
      <div className="actions">
        <button type="submit" className="button primary" disabled={starting.isPending}>
          {starting.isPending ? 'Starting…' : 'Run the load'}
        </button>
      </div>
      {starting.isError && <ProblemNote error={starting.error} />}
    </form>
  );
}
