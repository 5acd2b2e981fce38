// What was refused or cut off before it was a request, by its reason: counted and written to the log.
import type { Log } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import { createRefusalLines } from '../refusal-lines.ts';

const floodReasons = [
  'connections',
  'address_connections',
  'address_requests',
  'connection_requests',
  'idle_closed',
  'head_too_large',
  'slow_head',
  'slow_body',
  'malformed',
] as const;
export type FloodReason = (typeof floodReasons)[number];

export interface FloodRefusals {
  /** Since the start. */
  readonly counts: Readonly<Record<FloodReason, number>>;
  count(reason: FloodReason, address?: string): void;
}

export function createFloodRefusals(metrics: Metrics, log: Log): FloodRefusals {
  const counts = Object.fromEntries(floodReasons.map((reason) => [reason, 0])) as Record<
    FloodReason,
    number
  >;
  metrics.totals(
    'http_refused_total',
    'Connections and requests refused or cut off before they were requests, by reason',
    ['reason'],
    () => floodReasons.map((reason) => [{ reason }, counts[reason]] as const),
  );
  const lines = createRefusalLines(log, 'http: refused');
  return {
    counts,
    count(reason, address) {
      counts[reason] += 1;
      lines.add({ reason }, { address });
    },
  };
}
