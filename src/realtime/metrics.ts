// What the realtime role counts: connections, subscriptions, what went out, what was overtaken, who was
// cut off, and how far behind the event log it is.
import type { HubStats } from '@atlas/signalr';
import type { Metrics } from '../platform/metrics.ts';
import type { FanOutCounts } from './fan-out.ts';

export interface RealtimeMetrics {
  called(method: string | undefined, outcome: string, durationMs: number): void;
  disconnected(reason: string): void;
  /** An update has arrived; `updatedAt` is the time of the change. */
  arrived(updatedAt: string): void;
  undecodable(): void;
  gap(): void;
}

/** How often the lag is looked at: reading a time costs more than most of what is done with an update. */
const lagEveryMs = 10;

export function createRealtimeMetrics(metrics: Metrics): RealtimeMetrics {
  const calls = metrics.histogram('call_seconds', 'Calls of hub methods', ['method', 'outcome']);
  const disconnects = metrics.counter('disconnects_total', 'Ended connections by reason', [
    'reason',
  ]);
  const updates = metrics.counter('updates_total', 'Balance updates read from the event log');
  const lag = metrics.histogram('feed_lag_seconds', 'From a change until it arrives here, sampled');
  const undecodable = metrics.counter('undecodable_total', 'Records that are no balance updates');
  const gaps = metrics.counter('feed_gaps_total', 'Times that the event log had lost something');
  let lagAt = 0;
  return {
    called: (method = 'unknown', outcome, durationMs) =>
      calls.observe({ method, outcome }, durationMs / 1_000),
    disconnected: (reason) => disconnects.inc({ reason }),
    arrived(updatedAt) {
      updates.inc();
      const now = Date.now();
      if (now - lagAt < lagEveryMs) return;
      lagAt = now;
      lag.observe(Math.max(0, (now - Date.parse(updatedAt)) / 1_000));
    },
    undecodable: () => undecodable.inc(),
    gap: () => gaps.inc(),
  };
}

/** Gauges and counters that are read off when somebody asks. */
export function exposeCounts(
  metrics: Metrics,
  sources: {
    readonly counts: FanOutCounts;
    readonly stats: Readonly<HubStats>;
    connected(): boolean;
  },
): void {
  const { counts, stats } = sources;
  metrics.gauge('connections', 'Open connections', () => stats.connections);
  metrics.gauge('subscriptions', 'Accounts watched, counted per connection', () => counts.watches);
  metrics.gauge('feed_connected', '1 while the event log is read', () =>
    sources.connected() ? 1 : 0,
  );
  metrics.total('deliveries_total', 'Balance updates sent', () => counts.deliveries);
  metrics.gauge(
    'conflated_total',
    'Updates overtaken before a slow client took them',
    () => counts.conflated,
  );
  metrics.total('refused_total', 'Negotiations and upgrades refused', () => stats.refused);
  metrics.total('sent_bytes_total', 'Bytes sent to clients', () => stats.bytesSent);
}
