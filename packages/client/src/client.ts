// Everything that one user of Atlas needs, wired together. One client stands for one signed-in user:
// make it at sign-in, close it at sign-out.
import type { IHubProtocol } from '@microsoft/signalr';
import { createAccounts, type Accounts } from './accounts.ts';
import { systemClock, type Clock } from './clock.ts';
import { newIdempotencyKey } from './idempotency-key.ts';
import { limits, retryBudget, type Pause, type RetryBudgetLimits } from './limits.ts';
import { createBalanceCache, type OfflineCache } from './live/balance-cache.ts';
import { signalrHub } from './live/hub.ts';
import { createLiveBalances, type Live } from './live/live-balances.ts';
import { watchPage } from './live/page.ts';
import { createTokenRenewal } from './live/token-renewal.ts';
import { createOperations, type Operations } from './operations.ts';
import { createRequest } from './request.ts';
import type { CallOptions } from './retries.ts';
import { createRetryBudget } from './retry-budget.ts';
import { createTokens, type TokenSource } from './tokens.ts';
import { createTransfers, type Transfers } from './transfers.ts';
import { createWaiting } from './waiting.ts';
import type { CurrentSession } from './wire.ts';

/** Base URLs, such as https://ledger.example.com; what is left out is behind the gateway. */
export interface RoleUrls {
  readonly payments?: string | undefined;
  readonly ledger?: string | undefined;
  readonly realtime?: string | undefined;
}

export interface ClientOptions {
  /** Where the gateway is, such as https://pay.example.com. */
  readonly url: string;
  /** Where roles are that are called directly, and not through the gateway. */
  readonly roles?: RoleUrls | undefined;
  readonly token: TokenSource;
  /** Keeps balances over restarts. */
  readonly cache?: OfflineCache | undefined;
  /** Share of requests that may be repeated; by default a tenth, and a little by time. */
  readonly retryBudget?: RetryBudgetLimits | undefined;
  /**
   * Pauses between tries to connect: up to 8 s, so that a fleet lets its server rise. A device in
   * somebody's hand may ask sooner; a server that is there and refuses is left alone all the same.
   */
  readonly reconnectPause?: Pause | undefined;
  /** Makes idempotency keys, where the runtime has no `crypto.getRandomValues`. */
  readonly newKey?: (() => string) | undefined;
  /** How hub messages are written: JSON, or `new MessagePackHubProtocol()` to spare bytes. */
  readonly hubProtocol?: IHubProtocol | undefined;
  readonly fetch?: typeof fetch | undefined;
  readonly clock?: Clock | undefined;
  /** In [0, 1), as Math.random. */
  readonly random?: (() => number) | undefined;
}

export interface AtlasClient {
  readonly transfers: Transfers;
  readonly accounts: Accounts;
  /** Balances as they change. */
  readonly live: Live;
  readonly operations: Operations;
  /** Whose token this is, as Atlas reads it. @throws AtlasError `unauthenticated` with what is wrong */
  session(options?: CallOptions): Promise<CurrentSession>;
  /** Ends this token's session everywhere, and the client. @throws AtlasError `unavailable`, … */
  signOut(options?: CallOptions): Promise<void>;
  /** Ends the connection and all that repeats by itself. */
  close(): void;
}

export function createClient(options: ClientOptions): AtlasClient {
  const { cache, clock = systemClock, random = Math.random, newKey = newIdempotencyKey } = options;
  const baseOf = basesOf(options);
  const tokens = createTokens(options.token);
  const waiting = createWaiting(clock);
  const parts = {
    baseOf,
    tokens,
    clock,
    waiting,
    random,
    newKey,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    budget: createRetryBudget(options.retryBudget ?? retryBudget, clock),
  };
  const request = createRequest(parts);
  const hub = signalrHub({
    url: `${baseOf('/ws')}/ws`,
    tokens,
    protocol: options.hubProtocol,
    now: clock.now,
  });
  const accounts = createAccounts({
    request,
    now: clock.now,
    onBalance: (balance, askedAtMs) => live.offer(balance, askedAtMs),
  });
  const live = createLiveBalances({
    hub,
    clock,
    random,
    reconnectPause: options.reconnectPause ?? limits.reconnectPause,
    renewal: createTokenRenewal({ hub, tokens, clock, random, onNotTaken: () => live.reconnect() }),
    cache: cache && createBalanceCache({ cache, tokens, clock }),
    read: (accountId) => accounts.balance(accountId, { deadlineMs: limits.awayDeadlineMs }),
    onBack: waiting.endOld,
  });
  const leavePage = watchPage(live);
  const close = () => {
    leavePage();
    live.close();
  };
  return {
    transfers: createTransfers({ ...parts, request }),
    accounts,
    live,
    operations: createOperations(request),
    async session(options) {
      const { body } = await request({ method: 'GET', path: '/sessions/current' }, options);
      return body as CurrentSession;
    },
    async signOut(options) {
      await request({ method: 'DELETE', path: '/sessions/current' }, options);
      close();
    },
    close,
  };
}

function basesOf({ url, roles = {} }: ClientOptions): (path: string) => string {
  const bare = (base: string) => base.replace(/\/+$/, '');
  return (path) => {
    if (path.startsWith('/payments')) return bare(roles.payments ?? url);
    if (path.startsWith('/ledger')) return bare(roles.ledger ?? url);
    return bare(path.startsWith('/ws') ? (roles.realtime ?? url) : url);
  };
}
