// Which balances are asked for, and when: what is watched is subscribed at the hub over all its connections,
// proved when there is doubt, and read over HTTP while the hub is away. What is known of a balance, wherever
// it came from, is in known-balances.ts.
import type { Clock } from '../clock.ts';
import { limits, type Pause } from '../limits.ts';
import { readBalance, type Balance } from '../models.ts';
import type * as wire from '../wire.ts';
import type { BalanceCache, KnownBalance } from './balance-cache.ts';
import { createAwayReads } from './away-reads.ts';
import { createHearing } from './hearing.ts';
import type { Hub } from './hub.ts';
import { createKnownBalances } from './known-balances.ts';
import type { LiveBalance, Watched } from './live-balance.ts';
import { tell, type Observable } from './observable.ts';
import { keepConnected, type ConnectionState } from './steady-connection.ts';
import { createSubscriptions } from './subscriptions.ts';
import type { TokenRenewal } from './token-renewal.ts';

export interface Live {
  /** Subscribed at the server while somebody here subscribes, however many; newest version wins. */
  balance(accountId: string): Observable<LiveBalance>;
  readonly connection: Observable<ConnectionState>;
  /** The app went into the background: unless it comes back within 5 s, the connection is closed. */
  pause(): void;
  /** The app or the network is back: connects at once, or proves the connection, and reads anew. */
  resume(): void;
  /** The device says that it has no network: nothing is live from now on, and it is tried all the same. */
  offline(): void;
  /**
   * Somebody has touched the screen, to act on what it shows: unless the hub was heard a moment ago, it is asked for
   * a word. Without one the balance is not called live after 1.5 s, and the connection is replaced after 3 s.
   */
  touch(): void;
}

export interface LiveBalances extends Live {
  /** A balance that was current at `atMs`. */
  offer(balance: Balance, atMs: number): void;
  /** Makes a new connection, with the token of now. */
  reconnect(): void;
  close(): void;
}

export interface LiveBalancesParts {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reconnectPause: Pause;
  readonly renewal: TokenRenewal;
  readonly cache: BalanceCache | undefined;
  /** Reads a balance over HTTP, which offers it here. */
  readonly read: (accountId: string) => Promise<unknown>;
  /** The network is back, or another one: what waits for an answer on the old one waits in vain. */
  readonly onBack: () => void;
}

export function createLiveBalances(parts: LiveBalancesParts): LiveBalances {
  const { hub, clock, renewal, cache } = parts;
  const known = createKnownBalances({
    cache,
    heardAtMs: hub.heardAtMs,
    state: () => ({ phase: connection.state().phase, isSilent: hearing.isSilent() }),
  });
  const { find, offer, show, wasCurrent, watched } = known;
  const connectionListeners = new Set<(value: ConnectionState) => void>();
  let proofTimer: unknown;
  let pauseTimer: unknown;
  let closed = false;

  hub.on('balanceUpdate', (update) => offer(readBalance(update as wire.Balance), clock.now()));
  hub.on('subscriptionEnded', (ended) => {
    const { accountId, code } = ended as { accountId: string; code: string };
    onRefused(accountId, code);
  });
  // The answer to the subscription says the same; SignalR warns of events that nobody handles.
  hub.on('subscriptionConfirmed', () => undefined);
  const subscriptions = createSubscriptions({ ...parts, onConfirmed, onRefused });
  const awayReads = createAwayReads({ ...parts, watched });
  const connection = keepConnected({ ...parts, onChange: onConnection });
  const hearing = createHearing({
    ...parts,
    question: askForWord,
    onChange: onHearing,
    onDeaf: () => connection.replace(silent),
  });

  function onConnection(): void {
    const { phase } = connection.state();
    clock.clearTimeout(proofTimer);
    hearing.end();
    awayReads.stop();
    subscriptions.forget();
    for (const account of known.all()) {
      wasCurrent(account);
      account.status = account.listeners.size === 0 ? 'idle' : 'asked';
      if (phase === 'connected' && account.status === 'asked') subscriptions.ask(account.accountId);
      show(account);
    }
    if (phase === 'connected') {
      renewal.begin();
      hearing.begin();
      parts.onBack();
    } else renewal.end();
    if (phase === 'paused') cache?.flush();
    else if (phase !== 'connected' && phase !== 'ended') awayReads.start();
    tell(connectionListeners, connection.state());
  }

  function onHearing(): void {
    for (const account of known.all()) {
      wasCurrent(account);
      show(account);
    }
  }

  /** What is known already is asked for again, and shown as before while the hub is given time. */
  function askForWord(): boolean {
    const confirmed = watched().find(({ status }) => status === 'confirmed');
    if (confirmed !== undefined) subscriptions.ask(confirmed.accountId);
    return confirmed !== undefined;
  }

  function onConfirmed(body: wire.Balance): void {
    clock.clearTimeout(proofTimer);
    const account = find(body.accountId);
    account.status = 'confirmed';
    offer(readBalance(body), clock.now());
  }

  function onRefused(accountId: string, code: string): void {
    clock.clearTimeout(proofTimer);
    const account = find(accountId);
    account.status = 'refused';
    account.refusal = code;
    show(account);
  }

  function watch(account: Watched): void {
    if (account.status !== 'idle' && account.status !== 'refused') return;
    account.status = 'asked';
    if (connection.state().phase === 'connected') subscriptions.ask(account.accountId);
    else connection.open();
    show(account);
    if (account.balance !== undefined) return;
    void cache?.load(account.accountId).then((kept: KnownBalance | undefined) => {
      if (kept !== undefined) offer(kept.balance, kept.asOfMs);
    });
  }

  function leave(account: Watched): void {
    wasCurrent(account);
    if (account.status !== 'refused' && connection.state().phase === 'connected') {
      subscriptions.leave(account.accountId);
    }
    account.status = 'idle';
    show(account);
  }

  /** Asks for every balance again; a connection that answers nothing is replaced. */
  function prove(): void {
    const asked = watched();
    if (asked.length === 0) return;
    clock.clearTimeout(proofTimer);
    proofTimer = clock.setTimeout(() => connection.replace(silent), limits.proofMs);
    for (const account of asked) {
      wasCurrent(account);
      account.status = 'asked';
      subscriptions.ask(account.accountId);
      show(account);
    }
  }

  return {
    balance: (accountId) => ({
      get value() {
        return known.valueOf(accountId);
      },
      subscribe(onChange) {
        const account = find(accountId);
        const listener = (value: LiveBalance) => onChange(value);
        const before = account.value;
        account.listeners.add(listener);
        clock.clearTimeout(account.lingering);
        watch(account);
        if (account.value === before) listener(before);
        return () => {
          if (!account.listeners.delete(listener) || account.listeners.size > 0) return;
          account.lingering = clock.setTimeout(() => leave(account), limits.lingerMs);
        };
      },
    }),
    connection: {
      get value() {
        return connection.state();
      },
      subscribe(onChange) {
        const listener = (value: ConnectionState) => onChange(value);
        const before = connection.state();
        connectionListeners.add(listener);
        connection.open();
        if (connection.state() === before) listener(before);
        return () => connectionListeners.delete(listener);
      },
    },
    offer,
    reconnect: () => connection.replace(silent),
    pause() {
      clock.clearTimeout(pauseTimer);
      pauseTimer = clock.setTimeout(connection.pause, limits.backgroundMs);
    },
    resume() {
      clock.clearTimeout(pauseTimer);
      const { phase } = connection.state();
      if (closed) return;
      parts.onBack();
      if (phase === 'idle') return;
      if (phase === 'connected') prove();
      else connection.retryNow();
      awayReads.now();
    },
    offline: () => connection.replace(noNetwork),
    touch: hearing.ask,
    close() {
      closed = true;
      for (const { lingering } of known.all()) clock.clearTimeout(lingering);
      for (const timer of [proofTimer, pauseTimer]) clock.clearTimeout(timer);
      hearing.end();
      awayReads.stop();
      subscriptions.forget();
      renewal.end();
      connection.close();
      cache?.flush();
    },
  };
}

const silent = { code: 'unreachable', message: 'The hub did not answer.', final: false };
const noNetwork = { code: 'unreachable', message: 'The device has no network.', final: false };
