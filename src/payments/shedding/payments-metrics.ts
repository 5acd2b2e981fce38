// What the payments role tells Prometheus beside its counts (counts.ts): where the limits stand.
import type { Metrics } from '../../platform/metrics.ts';
import type { Clock } from '../../platform/pressure/running-clock.ts';
import type { Admission } from './admission.ts';
import type { HandOver } from '../hand-over.ts';
import { measurePressure } from '../../platform/pressure/metrics.ts';
import type { Felt } from '../../platform/pressure/own-pressure.ts';
import type { RecentKeys } from './recent-keys.ts';
import { trafficClasses } from '../../platform/pressure/traffic-class.ts';

export interface MeasuredParts {
  readonly admission: Admission;
  readonly handOver: HandOver;
  readonly recent: RecentKeys;
  readonly pressure: Felt<'pool'>['pressure'];
  readonly clock: Clock;
}

export function measurePayments(metrics: Metrics, parts: MeasuredParts): void {
  const { admission, handOver, recent, pressure, clock } = parts;
  const { bucket, limit, quotas, gate, demand } = admission;
  const each = (read: (kind: (typeof trafficClasses)[number]) => number) => () =>
    trafficClasses.map((kind) => [kind, read(kind)] as const);
  metrics.gauge('in_flight_transfers', 'Transfers under way', () => limit.inFlight);
  metrics.gauges(
    'in_flight_limit_transfers',
    'Most that may be under way',
    'class',
    each((kind) => limit.limitOf(kind)),
  );
  metrics.gauge(
    'in_flight_mean_seconds',
    'Latency that the limit saw last',
    () => (limit.meanMs ?? 0) / 1_000,
  );
  metrics.gauge('tokens_available', 'Tokens in the bucket', () => bucket.available);
  metrics.gauge('ceiling_per_second', 'Tokens that flow in', () => admission.ceiling.perSecond);
  metrics.gauge('ceiling_fallback', '1 while the shared ceiling cannot be reached', () =>
    Number(admission.pace.state === 'own share'),
  );
  metrics.gauge(
    'ceiling_replicas',
    'Those that have part in the ceiling',
    () => admission.pace.members,
  );
  metrics.gauges(
    'offered_requests_per_second',
    'Requests in the last second',
    'class',
    each((kind) => demand.perSecondOf(kind)),
  );
  metrics.gauge('quota_clients', 'Clients that asked lately', () => quotas.size);
  metrics.gauge('known_keys', 'Keys that were admitted a moment ago', () => recent.size);
  metrics.gauge('queued_transfers', 'Waiting for a hand-over', () => handOver.queuedTransfers);
  measurePressure(metrics, { pressure, clock });
  metrics.gauges(
    'pressure_admitted_ratio',
    'The part that pressure lets through',
    'class',
    each((kind) => gate.part(kind)),
  );
}
