// Asks for another ceiling, says what it would do to what is offered now, and has the rate typed again.
import type { LoadShedding } from '@atlas/client';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useSession } from '../session/use-session.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
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
  const [typed, setTyped] = useState(() => typedOf(ceiling));
  const setting = useMutation({
    mutationFn: (wanted: Wanted) => atlas.operations.setCeiling(wanted),
    onSuccess: onDone,
  });
  const { wanted, faults } = readWanted(typed);
  const rate = typed.ratePerSecond.trim();
  return (
    <FormDialog
      title="Change the ceiling"
      submit={{ word: 'Set the ceiling', busy: 'Setting…' }}
      work={setting}
      confirmation={{
        label: 'The new rate once more, to confirm',
        word: rate,
        fault: `Type ${rate}, the new rate.`,
        numeric: true,
      }}
      onSubmit={() => {
        if (wanted !== undefined) setting.mutate(wanted);
      }}
      onClose={onClose}
    >
      {(submitted) => (
        <>
          <p>
            Every replica is told, for all tenants, also after a restart, until it is set again.
            Each has the rate for itself unless they share it.
          </p>
          <div className="ceiling-fields">
            {ceilingFields.map(({ name, label }) => (
              <Field
                key={name}
                id={`${form}-${name}`}
                label={label}
                hint={hintOf(name, ceiling, typed, offeredPerSecond)}
                fault={submitted ? faults[name] : undefined}
              >
                <input
                  className="number"
                  value={typed[name]}
                  onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
                  inputMode="numeric"
                  maxLength={9}
                  autoComplete="off"
                />
              </Field>
            ))}
          </div>
        </>
      )}
    </FormDialog>
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
