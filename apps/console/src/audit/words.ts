// What a record says, in words: who did what is a sentence, and how it went a word of its own.
import type { AuditRecord } from '@atlas/client';

/** By the action; one that is not here yet is shown by its name. */
export const deeds: Readonly<Record<string, string>> = {
  'hub.connect': 'Connected',
  'hub.subscribe': 'Subscribed to balances',
  'hub.unsubscribe': 'Unsubscribed',
  'hub.renew': 'Renewed their token',
  'hub.refuse': 'Was refused by the hub',
  'hub.close': 'Disconnected',
  'session.revoke': 'Ended sessions',
  'operator.nodes': 'Looked at the replicas',
  'operator.connections': 'Looked at connections',
  'operator.disconnect': 'Ended a connection',
  'operator.ceiling': 'Changed the ceiling',
  'operator.load': 'Ran a load',
  'audit.read': 'Read this record',
};

export function deedOf({ action }: Pick<AuditRecord, 'action'>): string {
  return deeds[action] ?? action;
}

/** What it was done to: accounts, or what the action has noted; '' where it says all by itself. */
export function objectOf(record: Pick<AuditRecord, 'accountIds' | 'details'>): string {
  const { accountIds, details } = record;
  const [account, ...others] = accountIds;
  if (account === undefined) return Object.values(details).join(', ');
  return others.length === 0 ? account : `${account} and ${others.length} more`;
}

export interface Outcome {
  readonly word: string;
  readonly tone: 'good' | 'wait' | 'bad';
}

export function outcomeOf({ action, code }: Pick<AuditRecord, 'action' | 'code'>): Outcome {
  if (action === 'hub.refuse') return { word: 'Refused', tone: 'bad' };
  // Every connection ends; the code says by what.
  if (action === 'hub.close') return { word: 'Ended', tone: 'wait' };
  return code === null ? { word: 'Done', tone: 'good' } : { word: 'Failed', tone: 'bad' };
}
