// The filters of the record, as they stand in the address, and what they ask the ledger for.
import type { AuditQuery } from '@atlas/client';
import type { Filter } from '../ui/filters.tsx';
import { deeds } from './words.ts';

/** A link means the same moment for whoever opens it, so times in the address are UTC. */
const momentForm =
  /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?(?: ?(?:Z|UTC))?$/i;

/** ISO 8601 of "2026-11-25", "2026-11-25 14:00" or "2026-11-25T14:00:05.250Z"; undefined for no moment. */
export function momentOf(typed: string): string | undefined {
  const [, day, time = '00:00'] = momentForm.exec(typed.trim()) ?? [];
  const ms = Date.parse(`${day}T${time}Z`);
  // Date.parse takes 31 February for a day in March.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(day!)
    ? undefined
    : new Date(ms).toISOString();
}

const moment = {
  hint: 'In UTC, such as 2026-11-25 14:00',
  placeholder: '2026-11-25 14:00',
  faultOf: (typed: string) =>
    momentOf(typed) === undefined ? 'Write a date and a time: 2026-11-25 14:00.' : undefined,
};

const accountForm = /^[A-Za-z0-9:_.+-]{1,128}$/;

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
    faultOf: (typed) => (accountForm.test(typed) ? undefined : 'That is no account id.'),
  },
  { name: 'code', label: 'Why', hint: 'The whole code, such as forbidden' },
  { name: 'from', label: 'From', ...moment },
  { name: 'to', label: 'Until', ...moment },
];

/** Values that cannot be asked with, such as of an old link, are left out. */
export function queryOf(values: Readonly<Record<string, string>>): AuditQuery {
  const { subject, action, account, code, from, to } = values;
  return {
    subject,
    code,
    action: action !== undefined && Object.hasOwn(deeds, action) ? action : undefined,
    accountId: account !== undefined && accountForm.test(account) ? account : undefined,
    from: from && momentOf(from),
    to: to && momentOf(to),
  };
}
