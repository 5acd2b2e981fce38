// Asks the hub for balances, many accounts in a call: a screen of forty rows, or a thousand phones
// that lost their server, must not cost the server a call for each account. The hub subscribes to all
// of a list or to none, so a list that is refused is halved until the refused account stands alone.
import type { Clock } from '../clock.ts';
import { fullJitterMs } from '../jitter.ts';
import { limits } from '../limits.ts';
import type * as wire from '../wire.ts';
import { errorCode, type Hub } from './hub.ts';

export interface Subscriptions {
  /** Asks for the balance and all that follow; asking anew voids what was asked before. */
  ask(accountId: string): void;
  /** Voids what was asked, and unsubscribes when it may have been heard. */
  leave(accountId: string): void;
  /** The connection is gone, and all subscriptions with it. */
  forget(): void;
}

export interface SubscriptionsParts {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  /** The hub answered: from now on each change of this account is pushed. */
  readonly onConfirmed: (balance: wire.Balance) => void;
  /** The hub will not give this account out: forbidden, account_not_found, invalid_request. */
  readonly onRefused: (accountId: string, code: string) => void;
}

/** An account, and the turn in which it was asked for. */
type Asked = readonly [accountId: string, turn: number];

export function createSubscriptions(parts: SubscriptionsParts): Subscriptions {
  const { hub, clock, random } = parts;
  /** What is asked for and not answered, with the turn in which it was asked last. */
  const open = new Map<string, number>();
  let waiting = new Map<string, number>();
  const timers = new Set<unknown>();
  let turn = 0;

  function later(ms: number, run: () => void): void {
    const timer = clock.setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  }

  function flush(): void {
    const all = [...waiting];
    waiting = new Map();
    for (let from = 0; from < all.length; from += limits.accountsPerCallMax) {
      void subscribe(all.slice(from, from + limits.accountsPerCallMax), 0);
    }
  }

  async function subscribe(asked: readonly Asked[], failures: number) {
    const list = stillOpen(asked);
    if (list.length === 0) return;
    try {
      const accountIds = list.map(([accountId]) => accountId);
      const balances = (await hub.invoke(
        'SubscribeMultipleBalances',
        accountIds,
      )) as wire.Balance[];
      const turns = new Map(list);
      for (const balance of balances) {
        const { accountId } = balance;
        if (open.get(accountId) !== turns.get(accountId)) continue;
        open.delete(accountId);
        parts.onConfirmed(balance);
      }
    } catch (error) {
      const left = stillOpen(list);
      const code = errorCode((error as Error).message) ?? 'unavailable';
      if (left.length > 0) refused(left, failures, code);
    }
  }

  const stillOpen = (list: readonly Asked[]) => list.filter(([id, turn]) => open.get(id) === turn);

  function refused(list: readonly Asked[], failures: number, code: string) {
    if (!finalRefusals.has(code)) {
      const pauseMs = fullJitterMs(failures, random(), limits.subscribePause);
      return later(pauseMs, () => void subscribe(list, failures + 1));
    }
    if (list.length === 1) {
      const [[accountId]] = list as [Asked];
      open.delete(accountId);
      return parts.onRefused(accountId, code);
    }
    const half = Math.ceil(list.length / 2);
    void subscribe(list.slice(0, half), 0);
    void subscribe(list.slice(half), 0);
  }

  return {
    ask(accountId) {
      turn += 1;
      open.set(accountId, turn);
      if (waiting.size === 0) later(limits.gatherMs, flush);
      waiting.set(accountId, turn);
    },
    leave(accountId) {
      open.delete(accountId);
      if (waiting.delete(accountId)) return;
      // Lost with the connection, or already gone: either way there is nothing left to undo.
      hub.invoke('UnsubscribeBalance', accountId).catch(() => undefined);
    },
    forget() {
      open.clear();
      waiting.clear();
      for (const timer of timers) clock.clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Asking again would only repeat these; the others (rate_limited, unavailable, …) pass. */
const finalRefusals: ReadonlySet<string> = new Set([
  'forbidden',
  'account_not_found',
  'invalid_request',
]);
