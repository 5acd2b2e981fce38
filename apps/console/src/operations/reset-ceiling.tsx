// Gives up what operators have set: the ceiling is again what each replica's settings say.
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import { useSession } from '../session/use-session.ts';
import { Field } from '../ui/field.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import type { CeilingDialogProps } from './change-ceiling.tsx';

const word = 'settings';

export function ResetCeiling({ onClose, onDone }: CeilingDialogProps) {
  const { atlas } = useSession();
  const form = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [confirmation, setConfirmation] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const resetting = useMutation({
    mutationFn: () => atlas.operations.resetCeiling(),
    onSuccess: onDone,
  });
  useEffect(() => dialog.current?.showModal(), []);
  const confirmed = confirmation.trim().toLowerCase() === word;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    if (confirmed) resetting.mutate();
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={`${form}-title`}>
      <form onSubmit={submit} noValidate>
        <h2 id={`${form}-title`}>Back to the settings</h2>
        <p>
          The ceiling and the quota are again what <code>LS_RATE_PER_SEC</code>,{' '}
          <code>LS_BURST</code> and <code>LS_CLIENT_…</code> say, at every replica.
        </p>
        {resetting.isError && <ProblemNote error={resetting.error} />}
        <Field
          id={`${form}-confirmation`}
          label={`Type ${word} to confirm`}
          fault={submitted && !confirmed ? `Type ${word}.` : undefined}
        >
          <input
            value={confirmation}
            onChange={(event) => setConfirmation(event.target.value)}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        </Field>
        <div className="actions">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" className="button primary" disabled={resetting.isPending}>
            {resetting.isPending ? 'Setting…' : 'Back to the settings'}
          </button>
        </div>
      </form>
    </dialog>
  );
}
