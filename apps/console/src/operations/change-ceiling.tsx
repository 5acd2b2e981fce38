// Asks for another ceiling, says what it would do to what is offered now, and has the rate typed again.
import type { LoadShedding } from '@atlas/client';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useSession } from '../session/use-session.ts';
import { Field } from '../ui/field.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import {
  ceilingFields,
  effectText,
  readWanted,
  typedOf,
  type Typed,
  type Wanted,
} from './wanted-ceiling.ts';

export interface CeilingDialogProps {
  readonly onClose: () => void;
  readonly onDone: (now: LoadShedding) => void;
}

interface ChangeCeilingProps extends CeilingDialogProps {
  readonly ceiling: LoadShedding;
  readonly offeredPerSecond: number | undefined;
}

export function ChangeCeiling({ ceiling, offeredPerSecond, onClose, onDone }: ChangeCeilingProps) {
  const { atlas } = useSession();
  const form = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState(() => typedOf(ceiling));
  const [confirmation, setConfirmation] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const setting = useMutation({
    mutationFn: (wanted: Wanted) => atlas.operations.setCeiling(wanted),
    onSuccess: onDone,
  });
  useEffect(() => dialog.current?.showModal(), []);

  const { wanted, faults } = readWanted(typed, confirmation);
  const shown = submitted ? faults : {};
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    if (wanted !== undefined) setting.mutate(wanted);
  };
  const whole = (value: string, onValue: (value: string) => void) => (
    <input
      className="number"
      value={value}
      onChange={(event) => onValue(event.target.value)}
      inputMode="numeric"
      maxLength={9}
      autoComplete="off"
    />
  );

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={`${form}-title`}>
      <form onSubmit={submit} noValidate>
        <h2 id={`${form}-title`}>Change the ceiling</h2>
        <p>
          Every replica is told, for all tenants, also after a restart, until it is set again. Each
          has the rate for itself unless they share it.
        </p>
        {setting.isError && <ProblemNote error={setting.error} />}
        <div className="ceiling-fields">
          {ceilingFields.map(({ name, label }) => (
            <Field
              key={name}
              id={`${form}-${name}`}
              label={label}
              hint={hintOf(name, ceiling, typed, offeredPerSecond)}
              fault={shown[name]}
            >
              {whole(typed[name], (value) => setTyped({ ...typed, [name]: value }))}
            </Field>
          ))}
        </div>
        <Field
          id={`${form}-confirmation`}
          label="The new rate once more, to confirm"
          fault={shown.confirmation}
        >
          {whole(confirmation, setConfirmation)}
        </Field>
        <div className="actions">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={setting.isPending}>
            {setting.isPending ? 'Setting…' : 'Set the ceiling'}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function hintOf(
  name: keyof Typed,
  ceiling: LoadShedding,
  typed: Typed,
  offeredPerSecond: number | undefined,
): string {
  const now = `Now ${ceiling[name]}.`;
  if (name === 'ratePerSecond') return `${now} ${effectText(typed[name], offeredPerSecond)}`;
  if (name === 'burstCapacity') return `${now} Twice the rate is usual.`;
  return name === 'clientRatePerSecond' ? `${now} 0: no quota.` : now;
}
