// A dialog is the browser's own: it keeps the focus inside, closes by Escape and gives the focus back. What
// it asks for is a form; what must not happen by a slip is typed once more before the form is sent.
import { useEffect, useId, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { Field } from './field.tsx';
import { ProblemNote } from './problem-note.tsx';

interface DialogProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Told after it has closed, by whatever way. */
  readonly onClose: () => void;
  readonly wide?: boolean;
}

/** Open for as long as it is rendered. */
export function Dialog({ title, children, onClose, wide = false }: DialogProps) {
  const heading = useId();
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => ref.current?.showModal(), []);
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby={heading} className={wide ? 'wide' : ''}>
      <h2 id={heading}>{title}</h2>
      {children}
    </dialog>
  );
}

interface FormDialogProps extends Omit<DialogProps, 'children'> {
  /** Told whether the form was sent once, which is when faults are shown. */
  readonly children: (submitted: boolean) => ReactNode;
  /** On the button, at rest and at work. */
  readonly submit: { readonly word: string; readonly busy: string; readonly danger?: boolean };
  /** As of useMutation. */
  readonly work: {
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
  };
  /** What has to be typed before anything is done; upper and lower case are the same. */
  readonly confirmation?: {
    readonly label: string;
    readonly word: string;
    readonly fault: string;
    readonly numeric?: boolean;
  };
  /** Called when the confirmation is right; what else may be wrong is the caller's to see. */
  readonly onSubmit: () => void;
}

export function FormDialog(props: FormDialogProps) {
  const { children, submit, work, confirmation, onSubmit, ...dialog } = props;
  const form = useId();
  const [typed, setTyped] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const confirmed = confirmation === undefined || same(typed, confirmation.word);
  const send = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    if (confirmed) onSubmit();
  };
  return (
    <Dialog {...dialog}>
      <form onSubmit={send} noValidate>
        {work.isError && <ProblemNote error={work.error} />}
        {children(submitted)}
        {confirmation !== undefined && (
          <Field
            id={`${form}-confirmation`}
            label={confirmation.label}
            fault={submitted && !confirmed ? confirmation.fault : undefined}
          >
            <input
              className={confirmation.numeric ? 'number' : ''}
              inputMode={confirmation.numeric ? 'numeric' : 'text'}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
            />
          </Field>
        )}
        <div className="actions">
          <button
            type="button"
            className="button"
            onClick={(event) => event.currentTarget.closest('dialog')?.close()}
          >
            Cancel
          </button>
          <button
            type="submit"
            className={submit.danger ? 'button danger' : 'button primary'}
            disabled={work.isPending}
          >
            {work.isPending ? submit.busy : submit.word}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function same(typed: string, word: string): boolean {
  return typed.trim().toLowerCase() === word.trim().toLowerCase();
}
