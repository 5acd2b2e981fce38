// The filters of the record, as they stand in the address, and what they ask the ledger for.
import type { AuditQuery } from '@atlas/client';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import type { Filter } from '../ui/filters.tsx';
import { momentField, momentOf } from '../ui/moment.ts';
import { deeds } from './words.ts';

export const filters: readonly Filter[] = [
  { name: 'subject', label: 'Who', hint: 'The whole subject, as in their token' },
  {
    name: 'action',
    label: 'What',
    options: Object.entries(deeds).map(([value, label]) => ({ value, label })),
  },
  {
    name: 'account',
    label: 'Account',
    hint: 'The whole account id',
    faultOf: (typed) => (accountIdForm.test(typed) ? undefined : 'That is no account id.'),
  },
  { name: 'code', label: 'Why', hint: 'The whole code, such as forbidden' },
  { name: 'from', label: 'Since', ...momentField },
  { name: 'to', label: 'Before', ...momentField },
];

/** @param values those that can be read (faultIn) */
export function queryOf(values: Readonly<Record<string, string>>): AuditQuery {
  const { subject, action, account, code, from, to } = values;
  return {
    subject,
    code,
    action,
    accountId: account,
    from: from && momentOf(from),
    to: to && momentOf(to),
  };
}
