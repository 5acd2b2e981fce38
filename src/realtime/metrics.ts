// What the realtime role counts: connections, subscriptions, what went out, what was overtaken, who was
// cut off, and how far behind the event log it is.
import type { HubStats } from '@atlas/signalr';
import type { BalanceUpdate } from '../contracts/hub.ts';
import type { PartitionLag, SlotStats } from '../engines/event-log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { FanOutCounts } from './fan-out.ts';

export interface RealtimeMetrics {
  called(method: string | undefined, outcome: string, durationMs: number): void;
  disconnected(reason: string): void;
  /** An update has arrived; `updatedAt` is the time of the change. */
  arrived(updatedAt: string): void;
  undecodable(): void;
  gap(): void;
  /** A flush has ended; the first value had been due for so long. */
  flushed(delayMs: number): void;
  /** An update has been written to a connection. */
  written(update: BalanceUpdate): void;
}

/** How often a time is read: that costs more than most of what is done with an update. */
const sampleEveryMs = 10;

export function createRealtimeMetrics(metrics: Metrics): RealtimeMetrics {
  const calls = metrics.histogram('call_seconds', 'Calls of hub methods', ['method', 'outcome']);
  const disconnects = metrics.counter('disconnects_total', 'Ended connections by reason', [
    'reason',
  ]);
  const updates = metrics.counter('updates_total', 'Balance updates read from the event log');
  const lag = metrics.histogram('feed_lag_seconds', 'From a change until it arrives here, sampled');
  const undecodable = metrics.counter('undecodable_total', 'Records that are no balance updates');
  const gaps = metrics.counter('feed_gaps_total', 'Times that the event log had lost something');
  const flushes = metrics.histogram(
    'flush_delay_seconds',
    'From the first value of a flush being due until its last was written',
  );
  const way = metrics.histogram(
    'way_seconds',
    'From the commit of a change until it was written to a connection, sampled',
  );
  const lagSample = createSampler();
  const waySample = createSampler();
  return {
    called: (method = 'unknown', outcome, durationMs) =>
      calls.observe({ method, outcome }, durationMs / 1_000),
    disconnected: (reason) => disconnects.inc({ reason }),
    arrived(updatedAt) {
      updates.inc();
      lagSample((now) => lag.observe(secondsSince(updatedAt, now)));
    },
    flushed: (delayMs) => flushes.observe(delayMs / 1_000),
    written({ updatedAt, entryId }) {
      // A snapshot is as old as it is.
      if (entryId === null) return;
      waySample((now) => way.observe(secondsSince(updatedAt, now)));
    },
    undecodable: () => undecodable.inc(),
    gap: () => gaps.inc(),
  };
}

function createSampler(): (sample: (nowMs: number) => void) => void {
  let sampledAt = 0;
  return (sample) => {
    const now = Date.now();
    if (now - sampledAt < sampleEveryMs) return;
    sampledAt = now;
    sample(now);
  };
}

function secondsSince(time: string, now: number): number {
  return Math.max(0, (now - Date.parse(time)) / 1_000);
}

/** How far behind the event log each partition is that is read here. */
export function exposeLag(
  metrics: Metrics,
  lag: () => readonly PartitionLag[],
  now: () => number,
): void {
  metrics.gauges(
    'feed_lag_records',
    'Records from our position to the end of the partition, as last heard',
    'partition',
    () => lag().map(({ partition, records }) => [partition, records]),
  );
  metrics.gauges(
    'feed_record_age_seconds',
    'Age of the last record read from the partition; a quiet one ages too',
    'partition',
    () =>
      lag().flatMap(({ partition, recordAt }) =>
        recordAt === undefined ? [] : [[partition, Math.max(0, now() - recordAt) / 1_000] as const],
      ),
  );
}

/** This replica's part in a feed that is shared out by slots. */
export function exposeSlots(metrics: Metrics, stats: () => SlotStats): void {
  metrics.gauge('feed_slots', 'Slots that are heard', () => stats().followed);
  metrics.gauge(
    'feed_owned_partitions',
    'Partitions read here for all replicas',
    () => stats().partitions,
  );
  metrics.total('feed_published_total', 'Updates published to slots', () => stats().published);
  metrics.total(
    'feed_broken_epochs_total',
    'Times that an owned partition may have lost something on its way to the slots',
    () => stats().broken,
  );
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
  metrics.gauge('fed_connections', 'Open connections while the event log is read', () =>
    sources.connected() ? stats.connections : 0,
  );
  metrics.gauge('subscriptions', 'Accounts watched, counted per connection', () => counts.watches);
  metrics.gauge('feed_connected', '1 while the event log is read', () =>
    sources.connected() ? 1 : 0,
  );
  metrics.total('deliveries_total', 'Balance updates sent', () => counts.deliveries);
  metrics.total(
    'conflated_total',
    'Updates overtaken before a client took them',
    () => counts.conflated,
  );
  metrics.total(
    'dropped_total',
    'Slow clients cut off because they took nothing any more',
    () => stats.disconnects.slow_consumer,
  );
  metrics.gauge('admissions_waiting', 'Clients that wait to be authenticated', () => stats.waiting);
  metrics.total(
    'refused_total',
    'Requests and upgrades answered with an error',
    () => stats.refused,
  );
  metrics.total('sent_bytes_total', 'Bytes sent to clients', () => stats.bytesSent);
}
