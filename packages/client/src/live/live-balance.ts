// How one account's balance stands on this device, and what of it an app gets to see.
import { limits } from '../limits.ts';
import type { Balance } from '../models.ts';
import type { Phase } from './steady-connection.ts';

/**
 * `live`: current, each change arrives. `updating`: nobody has confirmed yet that it is current.
 * `reconnecting`: the connection was lost a moment ago. `stale`: for longer, or the app is paused.
 * `refused`: the token may not see this account, or it does not exist.
 */
export type Freshness = 'live' | 'updating' | 'reconnecting' | 'stale' | 'refused';

export interface LiveBalance {
  /** Undefined while unknown: never to be shown as 0. */
  readonly balance: Balance | undefined;
  readonly freshness: Freshness;
  /** When the balance was last known to be current; while `live` it is current now. */
  readonly asOfMs: number | undefined;
  /** The code of a refusal: `forbidden`, `account_not_found`, `invalid_request`. */
  readonly refusal: string | undefined;
}

/** How old a balance may be, in ms: 0 while live, undefined while unknown. */
export function ageMs({ freshness, asOfMs }: LiveBalance, nowMs = Date.now()): number | undefined {
  if (freshness === 'live') return 0;
  return asOfMs === undefined ? undefined : Math.max(0, nowMs - asOfMs);
}

export interface Watched {
  readonly accountId: string;
  readonly listeners: Set<(value: LiveBalance) => void>;
  balance: Balance | undefined;
  asOfMs: number | undefined;
  /** idle: no subscription. asked: wanted, not confirmed on this connection. */
  status: 'idle' | 'asked' | 'confirmed' | 'refused';
  refusal: string | undefined;
  lingering: unknown;
  value: LiveBalance;
}

export const unknown: LiveBalance = {
  balance: undefined,
  freshness: 'updating',
  asOfMs: undefined,
  refusal: undefined,
};

export function valueOf(account: Watched, phase: Phase, isSilent: boolean): LiveBalance {
  const { balance, asOfMs, status } = account;
  const freshness = freshnessOf(status, phase, isSilent);
  return {
    balance,
    freshness,
    asOfMs,
    refusal: status === 'refused' ? account.refusal : undefined,
  };
}

function freshnessOf(status: Watched['status'], phase: Phase, isSilent: boolean): Freshness {
  if (status === 'refused') return 'refused';
  if (phase === 'connected') return status === 'confirmed' && !isSilent ? 'live' : 'updating';
  if (phase === 'idle' || phase === 'connecting') return 'updating';
  return phase === 'reconnecting' ? 'reconnecting' : 'stale';
}

/** Makes room for another one: of those that nobody watches, the longest known go first. */
export function makeRoom(accounts: Map<string, Watched>): void {
  for (const [accountId, account] of accounts) {
    if (accounts.size < limits.balancesMax) return;
    if (account.listeners.size === 0 && account.status === 'idle') accounts.delete(accountId);
  }
}
