// What the core tells Prometheus: decisions, batches, queue, the relay's backlog, and the cache.
import type { TransferOutcome } from '../contracts/transfers.ts';
import type { BalancePublisher, PublisherStats } from '../engines/balance-cache.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Relay } from './relay.ts';

export interface CoreMetrics {
  committed(transfers: number, tookMs: number): void;
  decided(outcomes: readonly TransferOutcome[]): void;
  watch(parts: WatchedParts): void;
}

export interface WatchedParts {
  readonly groupCommit: GroupCommit;
  readonly relay: Relay;
  readonly publisher: BalancePublisher;
}

export function measureCore(metrics: Metrics): CoreMetrics {
  const decisions = metrics.counter('transfers_total', 'Decided requests by result', ['result']);
  const batches = metrics.counter('batches_total', 'Committed database transactions');
  const batched = metrics.counter('batched_transfers_total', 'Requests in committed transactions');
  const seconds = metrics.histogram('batch_seconds', 'One database transaction, retries included');
  return {
    committed(transfers, tookMs) {
      batches.inc();
      batched.inc(transfers);
      seconds.observe(tookMs / 1_000);
    },
    decided(outcomes) {
      for (const outcome of outcomes) {
        const result = outcome.status === 'posted' ? 'posted' : outcome.code;
        decisions.inc({ result: outcome.replayed ? 'replayed' : result });
      }
    },
    watch({ groupCommit, relay, publisher }) {
      metrics.gauge(
        'queued_transfers',
        'Requests that wait for a connection',
        () => groupCommit.queued,
      );
      metrics.gauge('transactions', 'Database transactions under way', () => groupCommit.running);
      metrics.gauge('outbox_rows', 'Transfers not yet published (leader)', () => relay.backlog);
      metrics.gauge('relay_leading', '1 where this process relays', () => Number(relay.leading));
      metrics.gauge(
        'relay_published',
        'Transfers published by this process',
        () => relay.published,
      );
      metrics.gauge('relay_failures', 'Failed attempts of the relay', () => relay.failures);
      if (publisher.stats !== undefined) watchCache(metrics, () => publisher.stats!());
    },
  };
}

function watchCache(metrics: Metrics, stats: () => PublisherStats): void {
  metrics.gauge('cache_leased', '1 while this core keeps the cache trusted', () =>
    Number(stats().leased),
  );
  metrics.gauge('cache_missed_balances', 'Balances to repeat', () => stats().missed);
  metrics.total('cache_put_balances_total', 'Balances put into the cache', () => stats().put);
  metrics.total('cache_failures_total', 'Puts that were not confirmed', () => stats().failures);
}
