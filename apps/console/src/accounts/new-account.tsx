// Opens an account. Doing it twice with the same values is harmless, so a failed try is simply tried
// again; other values for an existing id are refused by the book.
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { currencyCodes, decimalsOf } from '../../../../src/contracts/currencies.ts';
import { amountFaultText, amountText, parseAmount } from '../../../../src/contracts/amount-text.ts';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import { useSession } from '../session/use-session.ts';
import { FormDialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

type Limit = 'zero' | 'overdraft' | 'none';

const limitNames: Record<Limit, string> = {
  zero: 'Zero: it cannot be overdrawn',
  overdraft: 'An overdraft of',
  none: 'No limit',
};

interface NewAccountProps {
  readonly onClose: () => void;
  readonly onOpened: (accountId: string) => void;
}

interface NewAccountValues {
  readonly accountId: string;
  readonly currency: string;
  readonly minimumMinor: bigint | null;
}

interface Values {
  readonly accountId: string;
  readonly currency: string;
  readonly limit: Limit;
  readonly overdraft: string;
}

export function NewAccount({ onClose, onOpened }: NewAccountProps) {
  const { atlas } = useSession();
  const form = useId();
  const [values, setValues] = useState<Values>({
    accountId: '',
    currency: '',
    limit: 'zero',
    overdraft: '',
  });
  const opening = useMutation({
    mutationFn: ({ accountId, ...asked }: NewAccountValues) =>
      atlas.accounts.open(accountId, asked),
    onSuccess: (account) => onOpened(account.accountId),
  });
  const set = (change: Partial<Values>) => setValues({ ...values, ...change });
  const open = () => {
    if (Object.keys(faultsOf(values)).length > 0) return;
    const { accountId, currency } = values;
    opening.mutate({ accountId, currency, minimumMinor: minimumOf(values) });
  };

  return (
    <FormDialog
      title="New account"
      submit={{ word: 'Open account', busy: 'Opening…' }}
      work={opening}
      onSubmit={open}
      onClose={onClose}
    >
      {(submitted) => (
        <Fields form={form} values={values} set={set} faults={submitted ? faultsOf(values) : {}} />
      )}
    </FormDialog>
  );
}

function Fields(props: {
  readonly form: string;
  readonly values: Values;
  readonly set: (change: Partial<Values>) => void;
  readonly faults: Faults;
}) {
  const { form, values, set, faults } = props;
  return (
    <>
      <Field id={`${form}-id`} label="Account id" fault={faults.accountId}>
        <input
          value={values.accountId}
          onChange={(event) => set({ accountId: event.target.value.trim() })}
          placeholder="acc_… or msisdn::234…"
          maxLength={128}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
      </Field>
      <Field id={`${form}-currency`} label="Currency" fault={faults.currency}>
        <input
          value={values.currency}
          onChange={(event) => set({ currency: event.target.value.trim().toUpperCase() })}
          list={`${form}-currencies`}
          placeholder="NGN"
          maxLength={3}
          size={6}
          autoComplete="off"
          spellCheck={false}
        />
      </Field>
      <datalist id={`${form}-currencies`}>
        {currencyCodes.map((code) => (
          <option key={code} value={code}>
            {currencyName(code)}
          </option>
        ))}
      </datalist>
      <fieldset className="field">
        <legend>Lower limit of the balance</legend>
        {(['zero', 'overdraft', 'none'] as const).map((limit) => (
          <label key={limit} className="choice">
            <input
              type="radio"
              name={`${form}-limit`}
              checked={values.limit === limit}
              onChange={() => set({ limit })}
            />
            {limitNames[limit]}
            {limit === 'overdraft' && (
              <input
                className="number"
                aria-label={`Overdraft in ${values.currency || 'the currency'}`}
                aria-invalid={faults.overdraft !== undefined}
                aria-describedby={`${form}-overdraft-fault`}
                value={values.overdraft}
                onChange={(event) => set({ limit: 'overdraft', overdraft: event.target.value })}
                inputMode="decimal"
                size={12}
                placeholder={zeroIn(values.currency)}
                autoComplete="off"
              />
            )}
          </label>
        ))}
        <p className="fault" id={`${form}-overdraft-fault`}>
          {faults.overdraft}
        </p>
      </fieldset>
    </>
  );
}

type Faults = Partial<Record<'accountId' | 'currency' | 'overdraft', string>>;

function faultsOf({ accountId, currency, limit, overdraft }: Values): Faults {
  const faults: Faults = {};
  if (!accountIdForm.test(accountId)) {
    faults.accountId = 'Use 1 to 128 letters, digits and : _ . - +';
  }
  if (decimalsOf(currency) === undefined) faults.currency = 'Use an ISO 4217 code, such as NGN.';
  const amount = parseAmount(overdraft, currency);
  if (limit === 'overdraft' && amount.fault) {
    faults.overdraft = amountFaultText(amount.fault, currency || 'This currency');
  }
  return faults;
}

function minimumOf({ limit, overdraft, currency }: Values): bigint | null {
  if (limit === 'none') return null;
  return limit === 'zero' ? 0n : -(parseAmount(overdraft, currency).minor ?? 0n);
}

/** Written with the currency's own decimals, once it is known. */
function zeroIn(currency: string): string {
  return decimalsOf(currency) === undefined ? '0' : amountText(0n, currency);
}

const names = new Intl.DisplayNames(['en'], { type: 'currency', fallback: 'code' });

function currencyName(code: string): string {
  return names.of(code) ?? code;
}
