// The names on the realtime hub at /ws, spoken over the SignalR protocol.
import type { BalanceBody } from './balances.ts';

export const hubMethods = {
  subscribe: 'SubscribeBalance',
  unsubscribe: 'UnsubscribeBalance',
  subscribeMultiple: 'SubscribeMultipleBalances',
} as const;

export const hubEvents = {
  subscriptionConfirmed: 'subscriptionConfirmed',
  balanceUpdate: 'balanceUpdate',
} as const;

/** `entryId` is null where the balance comes from a snapshot and not from a transfer's event. */
export interface BalanceUpdate extends BalanceBody {
  entryId: string | null;
}

export interface SubscriptionConfirmed {
  accountId: string;
  version: number;
  timestamp: string;
}
