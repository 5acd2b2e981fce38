// The filters of the list of connections, as they stand in the address.
import type { ConnectionsQuery } from '@atlas/client';
import { accountIdForm } from '../../../../src/contracts/accounts.ts';
import type { Filter } from '../ui/filters.tsx';

export const filters: readonly Filter[] = [
  { name: 'subject', label: 'User', hint: 'The whole subject, as in their token' },
  {
    name: 'account',
    label: 'Watches',
    hint: 'The whole account id',
    faultOf: (typed) => (accountIdForm.test(typed) ? undefined : 'That is no account id.'),
  },
  {
    name: 'slow',
    label: 'Pace',
    options: [
      { value: 'true', label: 'Slow' },
      { value: 'false', label: 'Keeps up' },
    ],
  },
  { name: 'node', label: 'Replica', hint: 'Its whole name' },
];

/** @param values those that can be read (faultIn) */
export function queryOf(values: Readonly<Record<string, string>>): ConnectionsQuery {
  const { subject, account, slow, node } = values;
  return {
    subject,
    node,
    accountId: account,
    slow: slow === undefined ? undefined : slow === 'true',
  };
}
