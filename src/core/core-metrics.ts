// What the core tells Prometheus: decisions, batches, queue, and the relay's backlog.
import type { TransferOutcome } from '../contracts/transfers.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { GroupCommit } from './group-commit.ts';
import type { Relay } from './relay.ts';

export interface CoreMetrics {
  committed(transfers: number, tookMs: number): void;
  decided(outcomes: readonly TransferOutcome[]): void;
  watch(groupCommit: GroupCommit, relay: Relay): void;
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
    watch(groupCommit, relay) {
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
    },
  };
}
