// What the list of payments can be narrowed by: the chips, and what they ask the server for.
import type { TransferQuery } from '@atlas/client';
import { amountFaultText, parseAmount } from '../../../../src/contracts/amount-text.ts';
import { decimalsOf } from '../../../../src/contracts/currencies.ts';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import type { Filter } from '../ui/filters.tsx';
import { momentField, momentOf } from '../ui/moment.ts';

export type Filters = Readonly<Record<string, string>>;
type Asked = Omit<TransferQuery, 'limit' | 'signal' | 'deadlineMs' | 'onRetry'>;
type Read = { readonly asked: Asked; readonly fault?: never } | { readonly fault: string };

const readers: Readonly<Record<string, (value: string) => Read>> = {
  state: (value) =>
    value === 'posted' || value === 'refused'
      ? { asked: { state: value } }
      : { fault: 'A payment is posted or refused.' },
  account: (value) =>
    accountIdForm.test(value)
      ? { asked: { account: value } }
      : { fault: 'An account id has letters, digits and : _ . - +, 128 at most.' },
  narration: (value) =>
    value.length <= 140
      ? { asked: { narration: value } }
      : { fault: 'A narration has 140 characters at most.' },
  amount: readAmount,
  currency: (value) =>
    decimalsOf(value.toUpperCase()) === undefined
      ? { fault: 'Write the code of a currency, as in EUR.' }
      : { asked: { currency: value.toUpperCase() } },
  from: (value) => readTime(value, (from) => ({ from })),
  to: (value) => readTime(value, (to) => ({ to })),
};

const faultOf = (name: string) => (typed: string) => {
  const read = readers[name]!(typed);
  return 'fault' in read ? read.fault : undefined;
};

export const paymentFilters: readonly Filter[] = [
  {
    name: 'state',
    label: 'State',
    options: [
      { value: 'posted', label: 'Posted' },
      { value: 'refused', label: 'Refused' },
    ],
  },
  { name: 'account', label: 'Account', hint: 'From or to it', faultOf: faultOf('account') },
  {
    name: 'amount',
    label: 'Amount',
    placeholder: '12.50 EUR',
    hint: 'Or from 100 to 200: 100..200 EUR; 100.. EUR',
    faultOf: faultOf('amount'),
  },
  { name: 'currency', label: 'Currency', placeholder: 'EUR', faultOf: faultOf('currency') },
  { name: 'narration', label: 'Narration', hint: 'A part of it', faultOf: faultOf('narration') },
  { name: 'from', label: 'Since', ...momentField },
  { name: 'to', label: 'Before', ...momentField },
];

/** What to ask for; or which filter of the address cannot be read: a list without it would be another list. */
export function readFilters(values: Filters): Read {
  let asked: Asked = {};
  for (const [name, value] of Object.entries(values)) {
    const read = readers[name]?.(value);
    if (read === undefined) continue;
    if ('fault' in read) return read;
    asked = { ...asked, ...read.asked };
  }
  return { asked };
}

/** "12.50 EUR", "EUR 12.50", "100..200 EUR" with either end left out. */
function readAmount(text: string): Read {
  const [, before, range = '', after] =
    /^([A-Za-z]{3})?\s*([\d.,\s]+?)\s*([A-Za-z]{3})?$/.exec(text.trim()) ?? [];
  const currency = (before ?? after)?.toUpperCase();
  if (currency === undefined || decimalsOf(currency) === undefined || (before && after)) {
    return { fault: 'Write an amount with its currency, as in 12.50 EUR.' };
  }
  const ends = range.split('..');
  if (ends.length > 2 || ends.every((end) => end.trim() === '')) {
    return { fault: 'Write one amount, or two with .. between them.' };
  }
  const parsed = ends.map((end) => (end.trim() === '' ? undefined : parseAmount(end, currency)));
  const fault = parsed.find((end) => end?.fault !== undefined)?.fault;
  if (fault !== undefined) return { fault: amountFaultText(fault, currency) };
  const [low, high] = parsed;
  if (ends.length === 1) return { asked: { currency, minor: low!.minor } };
  return { asked: { currency, minMinor: low?.minor, maxMinor: high?.minor } };
}

function readTime(text: string, asked: (iso: string) => Asked): Read {
  const iso = momentOf(text);
  return iso === undefined ? { fault: momentField.faultOf(text)! } : { asked: asked(iso) };
}
