// The newest known balance of every account, and until when it was current. A balance comes as a push, as the
// answer to a subscription, as an HTTP reply or out of the offline cache, in any order: the highest version
// wins whatever arrives when, so what is shown never falls back.
import type { Balance } from '../models.ts';
import type { BalanceCache } from './balance-cache.ts';
import { makeRoom, unknown, valueOf, type LiveBalance, type Watched } from './live-balance.ts';
import { tell } from './observable.ts';
import type { Phase } from './steady-connection.ts';

export interface KnownBalances {
  /** The account, of which something may be known from now on. */
  find(accountId: string): Watched;
  /** What an app sees of it. */
  valueOf(accountId: string): LiveBalance;
  all(): Iterable<Watched>;
  /** Those that somebody looks at. */
  watched(): Watched[];
  /** Keeps a balance that was current at `atMs`, unless a newer version is known already. */
  offer(balance: Balance, atMs: number): void;
  /** Until the hub was last heard, a confirmed balance was the current one. */
  wasCurrent(account: Watched): void;
  /** Tells whoever looks at it what has become of it, if anything. */
  show(account: Watched): void;
}

export interface KnownBalancesParts {
  readonly cache: BalanceCache | undefined;
  /** When the hub last sent anything. */
  readonly heardAtMs: () => number | undefined;
  /** Of the connection. */
  readonly state: () => { readonly phase: Phase; readonly isSilent: boolean };
}

export function createKnownBalances({
  cache,
  heardAtMs,
  state,
}: KnownBalancesParts): KnownBalances {
  const accounts = new Map<string, Watched>();

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
      lingering: undefined,
      value: unknown,
    };
    makeRoom(accounts);
    accounts.set(accountId, account);
    return account;
  }

  function save({ balance, asOfMs }: Watched): void {
    if (balance !== undefined && asOfMs !== undefined) cache?.save({ balance, asOfMs });
  }

  function show(account: Watched): void {
    const { phase, isSilent } = state();
    const next = valueOf(account, phase, isSilent);
    const { value } = account;
    if ((Object.keys(next) as (keyof LiveBalance)[]).every((key) => next[key] === value[key]))
      return;
    account.value = next;
    tell(account.listeners, next);
  }

  return {
    find,
    valueOf: (accountId) => accounts.get(accountId)?.value ?? unknown,
    all: () => accounts.values(),
    watched: () => [...accounts.values()].filter(({ listeners }) => listeners.size > 0),
    offer(balance, atMs) {
      const account = find(balance.accountId);
      const knownVersion = account.balance?.version ?? -1;
      if (balance.version < knownVersion) return;
      if (balance.version > knownVersion) account.balance = balance;
      account.asOfMs = Math.max(account.asOfMs ?? 0, atMs);
      save(account);
      show(account);
    },
    wasCurrent(account) {
      if (account.status !== 'confirmed') return;
      account.asOfMs = Math.max(account.asOfMs ?? 0, heardAtMs() ?? 0);
      save(account);
    },
    show,
  };
}
