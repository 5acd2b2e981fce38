// Recipient, amount, narration. The button says what it will do, in figures, before it does it.
import type { SendState, Transfer } from '@atlas/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState, type FormEvent } from 'react';
import {
  amountFaultText,
  amountText,
  currencyLabel,
  parseAmount,
} from '../../../../src/contracts/amount-text.ts';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import { useSession } from '../session/use-session.ts';
import { Field } from '../ui/field.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';

const suggestionsMax = 8;
const narrationMax = 140;

interface SendFormProps {
  readonly accountId: string;
  readonly currency: string;
  readonly refused: Extract<SendState, { step: 'refused' }> | undefined;
  readonly onSend: (draft: Transfer) => void;
  readonly onCancel: () => void;
}

interface Values {
  readonly to: string;
  readonly amount: string;
  readonly narration: string;
}

export function SendForm({ accountId, currency, refused, onSend, onCancel }: SendFormProps) {
  const form = useId();
  const formRef = useRef<HTMLFormElement>(null);
  const [values, setValues] = useState<Values>(() => valuesOf(refused?.attempt.draft, currency));
  const [submitted, setSubmitted] = useState(false);
  const faults = submitted ? faultsOf(values, accountId, currency) : {};
  const amount = parseAmount(values.amount, currency);
  const set = (change: Partial<Values>) => setValues({ ...values, ...change });
  useEffect(() => formRef.current?.querySelector('input')?.focus(), []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSubmitted(true);
    const wrong = Object.keys(faultsOf(values, accountId, currency))[0];
    if (wrong !== undefined) return document.getElementById(`${form}-${wrong}`)?.focus();
    onSend({
      sourceAccountId: accountId,
      destinationAccountId: values.to,
      minor: amount.minor!,
      currency,
      ...(values.narration === '' ? {} : { narration: values.narration }),
    });
  };

  return (
    <form ref={formRef} className="send-form" onSubmit={submit} noValidate>
      {refused !== undefined && <ProblemNote error={refused.error} />}
      <div className="send-fields">
        <Field id={`${form}-to`} label="To account" fault={faults.to}>
          <input
            value={values.to}
            onChange={(event) => set({ to: event.target.value.trim() })}
            list={`${form}-accounts`}
            maxLength={128}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        </Field>
        <Suggestions id={`${form}-accounts`} prefix={values.to} currency={currency} />
        <Field
          id={`${form}-amount`}
          label={
            <>
              Amount <span className="code">{currencyLabel(currency)}</span>
            </>
          }
          fault={faults.amount}
        >
          <input
            className="number"
            value={values.amount}
            onChange={(event) => set({ amount: event.target.value })}
            inputMode="decimal"
            placeholder={amountText(0n, currency)}
            maxLength={40}
            autoComplete="off"
          />
        </Field>
      </div>
      <Field id={`${form}-narration`} label="Narration (optional)" fault={faults.narration}>
        <input
          value={values.narration}
          onChange={(event) => set({ narration: event.target.value })}
          maxLength={narrationMax}
          autoComplete="off"
        />
      </Field>
      <div className="actions">
        <button type="button" className="button" onClick={onCancel}>
          Cancel
        </button>
        <button type="submit" className="button primary">
          {amount.minor === undefined
            ? 'Send'
            : `Send ${amountText(amount.minor, currency)} ${currencyLabel(currency)}`}
        </button>
      </div>
    </form>
  );
}

/** Accounts that the token may list; any other account of the tenant can be typed. */
function Suggestions(props: {
  readonly id: string;
  readonly prefix: string;
  readonly currency: string;
}) {
  const { atlas } = useSession();
  const { data } = useQuery({
    queryKey: ['suggestions', props.prefix],
    queryFn: ({ signal }) =>
      atlas.accounts.list({ prefix: props.prefix, limit: suggestionsMax, signal }).page(),
    placeholderData: (before) => before,
    retry: false,
  });
  const fitting = data?.items.filter((account) => account.currency === props.currency) ?? [];
  return (
    <datalist id={props.id}>
      {fitting.map((account) => (
        <option key={account.accountId} value={account.accountId} />
      ))}
    </datalist>
  );
}

function valuesOf(draft: Transfer | undefined, currency: string): Values {
  if (draft === undefined) return { to: '', amount: '', narration: '' };
  return {
    to: draft.destinationAccountId,
    amount: amountText(draft.minor, currency),
    narration: draft.narration ?? '',
  };
}

function faultsOf(values: Values, accountId: string, currency: string) {
  const faults: Partial<Record<keyof Values, string>> = {};
  if (!accountIdForm.test(values.to)) {
    faults.to = 'Enter an account id: letters, digits and : _ . - +';
  } else if (values.to === accountId) {
    faults.to = 'That is this account. Choose another recipient.';
  }
  const { fault } = parseAmount(values.amount, currency);
  if (fault !== undefined) faults.amount = amountFaultText(fault, currency);
  return faults;
}
