// The filters of the list of connections, as they stand in the address.
import type { ConnectionsQuery } from '@atlas/client';
import type { Filter } from '../ui/filters.tsx';

const accountForm = /^[A-Za-z0-9:_.+-]{1,128}$/;

export const filters: readonly Filter[] = [
  { name: 'subject', label: 'User', hint: 'The whole subject, as in their token' },
  {
    name: 'account',
    label: 'Watches',
    hint: 'The whole account id',
    faultOf: (typed) => (accountForm.test(typed) ? undefined : 'That is no account id.'),
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

/** Values that cannot be asked with, such as of an old link, are left out. */
export function queryOf(values: Readonly<Record<string, string>>): ConnectionsQuery {
  const { subject, account, slow, node } = values;
  return {
    subject,
    node,
    accountId: account !== undefined && accountForm.test(account) ? account : undefined,
    slow: slow === 'true' ? true : slow === 'false' ? false : undefined,
  };
}
