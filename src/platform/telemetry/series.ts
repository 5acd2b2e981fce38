// Which of a role's metrics it keeps for an hour, so that operators see where it has been without any
// other program. The list is fixed, and so is what it costs in memory; Prometheus, where there is one, is
// asked for the very same series (src/gateway/telemetry).

/**
 * `counter`: how much it rose. `sum` and `max`: a gauge, on average over a time or at its highest, and
 * over replicas added up or the highest. `histogram`: how much each of its buckets rose.
 */
export type SeriesKind = 'counter' | 'sum' | 'max' | 'histogram';

export interface Series {
  /** As in /metrics; `_count` of a histogram is a counter. */
  readonly metric: string;
  readonly kind: SeriesKind;
  /** Labels whose values stay apart; over all others it is added up. */
  readonly by?: readonly string[];
  /** Only these values of a label: a regular expression that matches the whole of it. */
  readonly where?: Readonly<Record<string, string>>;
}

const failures = 'internal|unavailable';

export const series = {
  'transfers.offered': { metric: 'atlas_payments_offered_total', kind: 'counter', by: ['class'] },
  'transfers.admitted': { metric: 'atlas_payments_admitted_total', kind: 'counter', by: ['class'] },
  'transfers.shed': {
    metric: 'atlas_payments_shed_total',
    kind: 'counter',
    by: ['class', 'reason'],
  },
  'transfers.outcomes': {
    metric: 'atlas_payments_transfers_total',
    kind: 'counter',
    by: ['outcome'],
  },
  'transfers.answered': {
    metric: 'atlas_payments_http_request_seconds_count',
    kind: 'counter',
    where: { route: '/payments/transfers.*' },
  },
  'transfers.failed': {
    metric: 'atlas_payments_http_problems_total',
    kind: 'counter',
    where: { code: failures },
  },
  'transfers.seconds': {
    metric: 'atlas_payments_http_request_seconds',
    kind: 'histogram',
    where: { route: '/payments/transfers', method: 'POST' },
  },

  'reads.answered': {
    metric: 'atlas_ledger_http_request_seconds_count',
    kind: 'counter',
    by: ['route'],
    where: { route: '/ledger/(accounts|audit).*', method: 'GET' },
  },
  'reads.shed': { metric: 'atlas_ledger_shed_total', kind: 'counter', by: ['route', 'reason'] },
  'reads.failed': {
    metric: 'atlas_ledger_http_problems_total',
    kind: 'counter',
    where: { code: failures },
  },
  'reads.seconds': {
    metric: 'atlas_ledger_http_request_seconds',
    kind: 'histogram',
    where: { route: '/ledger/accounts/:id/balance' },
  },

  'cache.hits': { metric: 'atlas_ledger_cache_hits_total', kind: 'counter' },
  'cache.misses': { metric: 'atlas_ledger_cache_misses_total', kind: 'counter' },
  'cache.bypasses': { metric: 'atlas_ledger_cache_bypasses_total', kind: 'counter' },
  'cache.databaseCalls': { metric: 'atlas_ledger_database_calls_total', kind: 'counter' },
  'cache.saved': { metric: 'atlas_ledger_database_calls_saved_total', kind: 'counter' },

  'core.commitSeconds': { metric: 'atlas_core_batch_seconds', kind: 'histogram' },
  'core.outbox': { metric: 'atlas_core_outbox_rows', kind: 'max' },

  'hub.connections': { metric: 'atlas_realtime_connections', kind: 'sum' },
  'hub.fedConnections': { metric: 'atlas_realtime_fed_connections', kind: 'sum' },
  'hub.subscriptions': { metric: 'atlas_realtime_subscriptions', kind: 'sum' },
  'hub.deliveries': { metric: 'atlas_realtime_deliveries_total', kind: 'counter' },
  'hub.conflated': { metric: 'atlas_realtime_conflated_total', kind: 'counter' },
  'hub.refused': { metric: 'atlas_realtime_refusals_total', kind: 'counter', by: ['reason'] },
  'hub.lag': { metric: 'atlas_realtime_feed_lag_records', kind: 'max', by: ['partition'] },
  'hub.waySeconds': { metric: 'atlas_realtime_way_seconds', kind: 'histogram' },

  'gateway.answered': {
    metric: 'atlas_gateway_http_request_seconds_count',
    kind: 'counter',
    where: { route: '/(payments|ledger)/.*' },
  },
  'gateway.failed': {
    metric: 'atlas_gateway_http_problems_total',
    kind: 'counter',
    where: { code: failures },
  },
  'gateway.shed': {
    metric: 'atlas_gateway_dependency_refused_total',
    kind: 'counter',
    where: { dependency: 'payments|ledger', reason: 'full' },
  },
  'gateway.checks': {
    metric: 'atlas_gateway_health_checks_total',
    kind: 'counter',
    by: ['result'],
  },
} as const satisfies Record<string, Series>;

export type SeriesName = keyof typeof series;

export const seriesNames = Object.keys(series) as SeriesName[];

/** The role whose metric it is. */
export function roleOf({ metric }: Series): string {
  return metric.split('_')[1]!;
}
