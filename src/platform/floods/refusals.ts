// What was refused or cut off before it was a request, by its reason: counted and written to the log.
import type { Log } from '../logs.ts';
import type { Metrics } from '../metrics.ts';
import { createRefusalLines } from '../refusal-lines.ts';

export const floodReasons = [
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
  count(reason: FloodReason, address?: string): void;
}

export function createFloodRefusals(metrics: Metrics, log: Log): FloodRefusals {
  const counted = metrics.counter(
    'http_refused_total',
    'Connections and requests refused or cut off before they were requests, by reason',
    ['reason'],
  );
  for (const reason of floodReasons) counted.inc({ reason }, 0);
  const lines = createRefusalLines(log, 'http: refused');
  return {
    count(reason, address) {
      counted.inc({ reason });
      lines.add({ reason }, { address });
    },
  };
}
