// The names on the realtime hub at /ws, spoken over the SignalR protocol.
import type { BalanceBody } from './balances.ts';

export const hubMethods = {
  subscribe: 'SubscribeBalance',
  unsubscribe: 'UnsubscribeBalance',
  subscribeMultiple: 'SubscribeMultipleBalances',
  /** A new token of the same user, so that the connection outlives the one that opened it. */
  renewToken: 'RenewToken',
} as const;

export const hubEvents = {
  subscriptionConfirmed: 'subscriptionConfirmed',
  balanceUpdate: 'balanceUpdate',
  subscriptionEnded: 'subscriptionEnded',
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

/** The connection's token no longer allows the account: no update of it follows. */
export interface SubscriptionEnded {
  accountId: string;
  /** A code of contracts/problems.ts. */
  code: 'forbidden';
}

/** The answer of `RenewToken`. */
export interface TokenRenewed {
  /** ISO 8601: when the new token ends, and the connection with it. */
  expiresAt: string;
}

/**
 * How the hub ends a connection: the code at the start of its last words. After `token_expired` a
 * client connects again with a new token; after the others only when somebody has signed in again,
 * or there is room, so the server tells it not to reconnect by itself.
 */
export const hubEnds = {
  tokenExpired: 'token_expired',
  tokenRevoked: 'token_revoked',
  rateLimited: 'rate_limited',
  closedByOperator: 'closed_by_operator',
} as const;
