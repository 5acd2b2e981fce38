// Keeps one hub connected for as long as it is wanted. SignalR's own automatic reconnect covers only
// a connection that once stood, and gives up; here one endless loop covers the first start and every
// loss, and ends only when the server says that coming back is of no use.
import type { Clock } from '../clock.ts';
import { fullJitterMs } from '../jitter.ts';
import { limits, type Pause } from '../limits.ts';
import type { Hub, Loss } from './hub.ts';

/**
 * `idle`: nothing is watched yet. `offline`: without a connection for more than 5 s; it is tried on,
 * as in `reconnecting`. `paused`: in the background. `ended`: the server does not want this client
 * back, see `reason`; `resume()` tries all the same.
 */
export type Phase =
  | 'idle'
  | 'connecting'
  | 'connected'
  | 'reconnecting'
  | 'offline'
  | 'paused'
  | 'ended';

export interface ConnectionState {
  readonly phase: Phase;
  /** When it began; of `offline`, when the connection was lost. */
  readonly sinceMs: number;
  /** Why there is no connection: `unauthenticated`, `token_revoked`, `unreachable`, `intercepted`, … */
  readonly reason: { readonly code: string; readonly message: string } | undefined;
}

export interface SteadyConnection {
  state(): ConnectionState;
  /** From now on it is wanted. */
  open(): void;
  /** Does not wait for the next try: the network or the person has come back. */
  retryNow(): void;
  /** Gives up a connection that no longer answers, and makes a new one. */
  replace(why: Loss): void;
  pause(): void;
  close(): void;
}

export interface SteadyParts {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  readonly reconnectPause: Pause;
  readonly onChange: () => void;
}

export function keepConnected(parts: SteadyParts): SteadyConnection {
  const { hub, clock, random, reconnectPause, onChange } = parts;
  let state: ConnectionState = { phase: 'idle', sinceMs: clock.now(), reason: undefined };
  let failures = 0;
  let closed = false;
  /** Counts the starts, so that what an earlier one comes to changes nothing. */
  let turn = 0;
  let retryTimer: unknown;
  let staleTimer: unknown;

  function enter(phase: Phase, more: Partial<ConnectionState> = {}): void {
    state = { phase, sinceMs: clock.now(), reason: state.reason, ...more };
    onChange();
  }

  async function start(): Promise<void> {
    clock.clearTimeout(retryTimer);
    const mine = ++turn;
    const loss = await hub.start();
    if (mine !== turn) return;
    if (loss !== undefined) return lost(loss);
    clock.clearTimeout(staleTimer);
    enter('connected', { reason: undefined });
  }

  function lost({ code, message, final }: Loss): void {
    const reason = { code, message };
    if (final) {
      clock.clearTimeout(staleTimer);
      return enter('ended', { reason });
    }
    if (state.phase === 'connected') {
      // One that is closed as soon as it stands must not be made anew without pauses.
      if (clock.now() - state.sinceMs >= limits.steadyMs) failures = 0;
      away('reconnecting', reason);
    } else {
      state = { ...state, reason };
    }
    const pause = refusing.has(code) ? limits.reconnectPause : reconnectPause;
    retryTimer = clock.setTimeout(() => void start(), fullJitterMs(failures++, random(), pause));
  }

  function away(phase: 'connecting' | 'reconnecting', reason = state.reason): void {
    clock.clearTimeout(staleTimer);
    enter(phase, { reason });
    const { sinceMs } = state;
    staleTimer = clock.setTimeout(() => enter('offline', { sinceMs }), limits.staleAfterMs);
  }

  function stop(): void {
    turn += 1;
    clock.clearTimeout(retryTimer);
    clock.clearTimeout(staleTimer);
    hub.stop();
  }

  hub.onLost((loss) => {
    if (state.phase === 'connected' && !closed) lost(loss);
  });

  return {
    state: () => state,
    open() {
      if (closed || state.phase !== 'idle') return;
      away('connecting');
      void start();
    },
    retryNow() {
      if (closed || state.phase === 'idle' || state.phase === 'connected') return;
      if (state.phase === 'paused' || state.phase === 'ended') away('reconnecting');
      failures = 0;
      void start();
    },
    replace(why) {
      if (state.phase !== 'connected') return;
      hub.stop();
      lost(why);
    },
    pause() {
      if (state.phase === 'idle' || state.phase === 'ended') return;
      stop();
      enter('paused');
    },
    close() {
      stop();
      enter('ended', { reason: { code: 'closed', message: 'The client was closed.' } });
      closed = true;
    },
  };
}

/** A server that says so is there, and has too much to do. */
const refusing: ReadonlySet<string> = new Set(['rate_limited', 'overloaded', 'unavailable']);
