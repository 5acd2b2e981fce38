// What a role tells Prometheus of what it feels.
import type { Metrics } from '../metrics.ts';
import type { Pressure } from './pressure.ts';
import type { Clock } from './running-clock.ts';

export interface FeltParts {
  readonly pressure: Pressure<string>;
  readonly clock: Pick<Clock, 'pausedMs'>;
}

export function measurePressure(metrics: Metrics, { pressure, clock }: FeltParts): void {
  metrics.gauge('pressure_ratio', '0: none; 1: at its limits', () => pressure.degree);
  metrics.gauges('pressure_signal_ratio', 'A signal as a part of its limit', 'signal', () =>
    Object.entries(pressure.states).map(([name, { value, limit }]) => [name, value / limit]),
  );
  metrics.total(
    'paused_seconds_total',
    'Time in which this process did not run',
    () => clock.pausedMs / 1_000,
  );
}
