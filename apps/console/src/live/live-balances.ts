// The newest known balance of every watched account, and how far it can be trusted. A balance may
// come as a push, as the answer to a subscription or as a REST reply, in any order: the highest
// version wins whatever arrives when. Versions only rise, and all of this lives no longer than the
// signed-in page; only a book that was set back to an earlier state would need a reload.
import type { BalanceBody } from '../../../../src/contracts/balances.ts';
import { hubEvents, hubMethods } from '../../../../src/contracts/hub.ts';
import type { Clock, Hub } from './parts.ts';
import { retryDelayMs } from './retry-delay.ts';
import { keepConnected, type Phase } from './steady-connection.ts';

/** Balances kept in memory; the longest unwatched go first. */
export const keptMax = 500;
/** A screen that is left and found again within this time keeps its subscription. */
export const lingerMs = 1_000;
/** A connection in doubt that has not answered for this long is replaced. */
export const checkTimeoutMs = 3_000;
const askAgainRange = { firstMs: 1_000, maxMs: 15_000 };

/** `updating`: a value may be shown, but nobody has confirmed yet that it is the current one. */
export type LiveState = 'live' | 'updating' | 'reconnecting' | 'offline' | 'refused';

export interface LiveBalance {
  readonly state: LiveState;
  /** Undefined while unknown: never shown as 0. */
  readonly balance: BalanceBody | undefined;
  /** When the balance was last known to be current, in ms; while live it is current now. */
  readonly asOfMs: number | undefined;
  /** The code of a refused subscription (forbidden, account_not_found, …). */
  readonly refusal: string | undefined;
}

export interface LiveBalances {
  /** Keeps an account subscribed until the returned function is called. */
  readonly watch: (accountId: string, onChange: () => void) => () => void;
  /** The same object until something changes. */
  readonly read: (accountId: string) => LiveBalance;
  /** A balance from a REST reply that was asked for at `askedAtMs`. */
  readonly offer: (balance: BalanceBody, askedAtMs: number) => void;
  readonly watchConnection: (onChange: () => void) => () => void;
  readonly connection: () => Phase;
  /** The network or the page has come back, or is in doubt: prove the connection or replace it. */
  readonly check: () => void;
  readonly close: () => void;
}

interface Watched {
  readonly accountId: string;
  readonly listeners: Set<() => void>;
  balance: BalanceBody | undefined;
  asOfMs: number | undefined;
  /** idle: no subscription. asked: wanted, not confirmed on this connection. */
  status: 'idle' | 'asked' | 'confirmed' | 'refused';
  refusal: string | undefined;
  /** Counts the questions, so that the answer to an earlier one confirms nothing. */
  turn: number;
  failures: number;
  timer: unknown;
  view: LiveBalance;
}

export interface LiveBalancesParts {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  /** When the hub last sent anything, pings included: up to then a live balance was current. */
  readonly heardAtMs: () => number | undefined;
}

export function createLiveBalances(parts: LiveBalancesParts): LiveBalances {
  const { hub, clock } = parts;
  const accounts = new Map<string, Watched>();
  const connectionListeners = new Set<() => void>();
  let checkTimer: unknown;

  hub.on(hubEvents.balanceUpdate, (update) => {
    accept(update as BalanceBody, clock.now());
  });
  // The subscription's answer says the same; SignalR warns about events that nobody handles.
  hub.on(hubEvents.subscriptionConfirmed, () => undefined);
  const connection = keepConnected({ ...parts, onPhase });

  function onPhase(phase: Phase): void {
    clock.clearTimeout(checkTimer);
    for (const account of accounts.values()) {
      wasCurrent(account);
      clock.clearTimeout(account.timer);
      account.status = account.listeners.size === 0 ? 'idle' : 'asked';
      if (phase === 'connected' && account.status === 'asked') ask(account);
      show(account);
    }
    for (const changed of connectionListeners) changed();
  }

  /** Keeps a balance that was current at `atMs`, unless a newer version is known already. */
  function accept(balance: BalanceBody, atMs: number): void {
    const account = find(balance.accountId);
    const knownVersion = account.balance?.version ?? -1;
    if (balance.version < knownVersion) return;
    if (balance.version > knownVersion) account.balance = balance;
    account.asOfMs = Math.max(account.asOfMs ?? 0, atMs);
    show(account);
  }

  /** Until the hub was last heard, a confirmed balance was the current one. */
  function wasCurrent(account: Watched): void {
    if (account.status !== 'confirmed') return;
    account.asOfMs = Math.max(account.asOfMs ?? 0, parts.heardAtMs() ?? 0);
  }

  function ask(account: Watched): void {
    const turn = ++account.turn;
    account.status = 'asked';
    hub.invoke(hubMethods.subscribe, account.accountId).then(
      (balance) => {
        if (turn !== account.turn) return;
        account.status = 'confirmed';
        account.failures = 0;
        clock.clearTimeout(checkTimer);
        accept(balance as BalanceBody, clock.now());
        show(account);
      },
      (error: unknown) => {
        if (turn === account.turn && connection.phase() === 'connected') refused(account, error);
      },
    );
  }

  function refused(account: Watched, error: unknown): void {
    clock.clearTimeout(checkTimer);
    const code = hubErrorCode(error);
    if (finalRefusals.has(code)) {
      account.status = 'refused';
      account.refusal = code;
      return show(account);
    }
    const delayMs = retryDelayMs(account.failures++, parts.random(), askAgainRange);
    account.timer = clock.setTimeout(() => ask(account), delayMs);
  }

  function leave(account: Watched): void {
    wasCurrent(account);
    account.turn++;
    account.status = 'idle';
    if (connection.phase() !== 'connected') return;
    // Lost with the connection, or already gone: either way there is nothing left to undo.
    hub.invoke(hubMethods.unsubscribe, account.accountId).catch(() => undefined);
  }

  function show(account: Watched): void {
    account.view = {
      state: stateOf(account, connection.phase()),
      balance: account.balance,
      asOfMs: account.asOfMs,
      refusal: account.status === 'refused' ? account.refusal : undefined,
    };
    for (const changed of account.listeners) changed();
  }

  function find(accountId: string): Watched {
    const known = accounts.get(accountId);
    if (known !== undefined) return known;
    const account: Watched = {
      accountId,
      listeners: new Set(),
      balance: undefined,
      asOfMs: undefined,
      status: 'idle',
      refusal: undefined,
      turn: 0,
      failures: 0,
      timer: undefined,
      view: unknown[connection.phase()],
    };
    accounts.set(accountId, account);
    forgetBeyond(accounts);
    return account;
  }

  return {
    watch(accountId, onChange) {
      const account = find(accountId);
      account.listeners.add(onChange);
      clock.clearTimeout(account.timer);
      if (account.status === 'idle' || account.status === 'refused') {
        account.status = 'asked';
        if (connection.phase() === 'connected') ask(account);
        show(account);
      }
      return () => {
        account.listeners.delete(onChange);
        if (account.listeners.size > 0) return;
        clock.clearTimeout(account.timer);
        account.timer = clock.setTimeout(() => leave(account), lingerMs);
      };
    },
    read: (accountId) => accounts.get(accountId)?.view ?? unknown[connection.phase()],
    offer: accept,
    watchConnection(onChange) {
      connectionListeners.add(onChange);
      return () => connectionListeners.delete(onChange);
    },
    connection: () => connection.phase(),
    check() {
      if (connection.phase() !== 'connected') return connection.retryNow();
      const watched = [...accounts.values()].filter((account) => account.listeners.size > 0);
      if (watched.length === 0) return;
      clock.clearTimeout(checkTimer);
      checkTimer = clock.setTimeout(() => connection.replace(), checkTimeoutMs);
      for (const account of watched) {
        wasCurrent(account);
        clock.clearTimeout(account.timer);
        ask(account);
        show(account);
      }
    },
    close() {
      clock.clearTimeout(checkTimer);
      for (const account of accounts.values()) clock.clearTimeout(account.timer);
      connection.close();
    },
  };
}

function stateOf(account: Watched, phase: Phase): LiveState {
  if (account.status === 'refused') return 'refused';
  if (phase === 'reconnecting' || phase === 'offline') return phase;
  return account.status === 'confirmed' ? 'live' : 'updating';
}

/** Refusals that asking again would only repeat; the others (rate_limited, …) pass. */
const finalRefusals: ReadonlySet<string> = new Set([
  'forbidden',
  'account_not_found',
  'invalid_request',
]);

/** A refused subscription is a hub error with the code at its start. */
function hubErrorCode(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return /^[a-z_]+/.exec(text)?.[0] ?? 'unavailable';
}

function forgetBeyond(accounts: Map<string, Watched>): void {
  for (const [accountId, account] of accounts) {
    if (accounts.size <= keptMax) return;
    if (account.listeners.size === 0 && account.status === 'idle') accounts.delete(accountId);
  }
}

const nothing = { balance: undefined, asOfMs: undefined, refusal: undefined };
/** What is known of an account before anybody asked. */
const unknown: Readonly<Record<Phase, LiveBalance>> = {
  connecting: { state: 'updating', ...nothing },
  connected: { state: 'updating', ...nothing },
  reconnecting: { state: 'reconnecting', ...nothing },
  offline: { state: 'offline', ...nothing },
};
