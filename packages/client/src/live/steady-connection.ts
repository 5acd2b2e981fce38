// Keeps one hub connected for as long as it is wanted. SignalR's own automatic reconnect covers only
// a connection that once stood, and gives up; here one endless loop covers the first start and every
// loss, and ends only when the server says that coming back is of no use. A network may also swallow what it
// is sent and say nothing. So a try that has come to nothing after the longest pause gets company: two are
// under way, an old one for a network that is only slow, and a young one for a network that has come back.
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

interface Try {
  readonly leaving: AbortController;
  readonly timer: unknown;
  readonly sinceMs: number;
  /** When the server last answered it, or since when it has waited for that. */
  heardAtMs: number;
}

const unanswered = { code: 'unreachable', message: 'No answer came in time.' };

export function keepConnected(parts: SteadyParts): SteadyConnection {
  const { hub, clock, random, reconnectPause, onChange } = parts;
  let state: ConnectionState = { phase: 'idle', sinceMs: clock.now(), reason: undefined };
  let failures = 0;
  let closed = false;
  /** Oldest first. */
  let tries: Try[] = [];
  let nextTimer: unknown;
  let staleTimer: unknown;

  function enter(phase: Phase, more: Partial<ConnectionState> = {}): void {
    state = { phase, sinceMs: clock.now(), reason: state.reason, ...more };
    onChange();
  }

  function start(): void {
    const leaving = new AbortController();
    const late = () => ended(mine, { ...unanswered, final: false });
    const sinceMs = clock.now();
    const timer = clock.setTimeout(late, limits.connectMs);
    const mine: Try = { leaving, timer, sinceMs, heardAtMs: sinceMs };
    tries.splice(1).forEach(leave);
    tries.push(mine);
    next(reconnectPause.maxMs);
    void hub.start(leaving.signal, () => answered(mine)).then((loss) => ended(mine, loss));
  }

  /**
   * One that is answered is on a network that works. Another that has waited for more than twice as long is not;
   * it is left, also because a browser opens one socket to a server at a time.
   */
  function answered(one: Try): void {
    const nowMs = clock.now();
    const slowMs = 2 * (nowMs - one.sinceMs);
    one.heardAtMs = nowMs;
    const lost = tries.filter(({ heardAtMs }) => nowMs - heardAtMs > slowMs);
    tries = tries.filter((other) => other === one || !lost.includes(other));
    lost.forEach(leave);
  }

  function next(inMs: number): void {
    clock.clearTimeout(nextTimer);
    nextTimer = clock.setTimeout(start, inMs);
  }

  /** What a try comes to that was left before changes nothing. */
  function ended(one: Try, loss: Loss | undefined): void {
    if (!tries.includes(one)) return;
    tries = tries.filter((other) => other !== one);
    if (loss !== undefined) {
      leave(one);
      return lost(loss);
    }
    clock.clearTimeout(one.timer);
    settle();
    enter('connected', { reason: undefined });
  }

  function leave({ leaving, timer }: Try): void {
    clock.clearTimeout(timer);
    leaving.abort();
  }

  /** Nothing is tried any more. */
  function settle(): void {
    clock.clearTimeout(nextTimer);
    clock.clearTimeout(staleTimer);
    tries.splice(0).forEach(leave);
  }

  function lost({ code, message, final }: Loss): void {
    const reason = { code, message };
    if (final) {
      settle();
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
    next(fullJitterMs(failures++, random(), pause));
  }

  function away(phase: 'connecting' | 'reconnecting', reason = state.reason): void {
    clock.clearTimeout(staleTimer);
    enter(phase, { reason });
    const { sinceMs } = state;
    staleTimer = clock.setTimeout(() => enter('offline', { sinceMs }), limits.staleAfterMs);
  }

  function stop(): void {
    settle();
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
      start();
    },
    retryNow() {
      if (closed || state.phase === 'idle' || state.phase === 'connected') return;
      if (state.phase === 'paused' || state.phase === 'ended') away('reconnecting');
      failures = 0;
      // Those from before are on the network from before.
      tries.splice(0).forEach(leave);
      start();
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
