// Keeps one hub connected for as long as it is wanted. SignalR's own automatic reconnect covers only
// a connection that once stood and gives up after a while; here one endless loop covers both the
// first start and every loss.
import type { Clock, Hub } from './parts.ts';
import { retryDelayMs } from './retry-delay.ts';

/** After this long without a connection it is called offline; the loop goes on all the same. */
export const offlineAfterMs = 5_000;
const retryRange = { firstMs: 500, maxMs: 8_000 };

export type Phase = 'connecting' | 'connected' | 'reconnecting' | 'offline';

export interface SteadyConnection {
  readonly phase: () => Phase;
  /** Does not wait for the next attempt: the network or the person has come back. */
  readonly retryNow: () => void;
  /** Gives up a connection that no longer answers, and makes a new one. */
  readonly replace: () => void;
  readonly close: () => void;
}

export function keepConnected(parts: {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onPhase: (phase: Phase) => void;
}): SteadyConnection {
  const { hub, clock, random } = parts;
  let phase: Phase = 'connecting';
  let attempt = 0;
  let closed = false;
  let retryTimer: unknown;
  let offlineTimer: unknown;

  function enter(next: Phase): void {
    if (closed || phase === next) return;
    phase = next;
    parts.onPhase(next);
  }

  function start(): void {
    retryTimer = undefined;
    hub.start().then(connected, retry);
  }

  function connected(): void {
    if (closed) return stop();
    attempt = 0;
    clock.clearTimeout(offlineTimer);
    enter('connected');
  }

  function retry(): void {
    if (closed) return;
    retryTimer = clock.setTimeout(start, retryDelayMs(attempt++, random(), retryRange));
  }

  function armOffline(): void {
    offlineTimer = clock.setTimeout(() => enter('offline'), offlineAfterMs);
  }

  /** A hub that fails to stop is one that has lost its connection already. */
  function stop(): void {
    hub.stop().catch(() => undefined);
  }

  hub.onclose(() => {
    enter('reconnecting');
    armOffline();
    retry();
  });
  armOffline();
  start();

  return {
    phase: () => phase,
    retryNow() {
      if (closed || retryTimer === undefined) return;
      clock.clearTimeout(retryTimer);
      attempt = 0;
      start();
    },
    replace: stop,
    close() {
      closed = true;
      clock.clearTimeout(retryTimer);
      clock.clearTimeout(offlineTimer);
      stop();
    },
  };
}
