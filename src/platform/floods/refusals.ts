// What was refused or cut off before it was a request, by its reason: counted each time, and written to
// the log once a second at most, because a flood must not become a flood of lines.
import type { Log } from '../logs.ts';
import type { Metrics } from '../metrics.ts';

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

const lineEveryMs = 1_000;

export interface FloodRefusals {
  count(reason: FloodReason, address?: string): void;
}

interface Line {
  times: number;
  /** The last of them. */
  address: string | undefined;
}

export function createFloodRefusals(metrics: Metrics, log: Log): FloodRefusals {
  const counted = metrics.counter(
    'http_refused_total',
    'Connections and requests refused or cut off before they were requests, by reason',
    ['reason'],
  );
  for (const reason of floodReasons) counted.inc({ reason }, 0);
  const lines = new Map<FloodReason, Line>();

  function write(): void {
    for (const [reason, { times, address }] of lines) {
      log.warn({ reason, times, address }, 'http: refused');
    }
    lines.clear();
  }

  return {
    count(reason, address) {
      counted.inc({ reason });
      const line = lines.get(reason);
      if (lines.size === 0) setTimeout(write, lineEveryMs).unref();
      if (line === undefined) lines.set(reason, { times: 1, address });
      else Object.assign(line, { times: line.times + 1, address });
    },
  };
}
