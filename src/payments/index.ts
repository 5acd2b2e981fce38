// The payments role: admits or sheds before a body is read, validates, and hands transfers on to the
// core in groups. It keeps no money and no state that a restart would lose.
import type { Core } from '../contracts/core.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { TransferOutcome, TransferRequest } from '../contracts/transfers.ts';
import type { ProcessContext } from '../platform/context.ts';
import { createApp, listen } from '../platform/http.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RunningRole } from '../platform/role.ts';
import { Admission, overloaded, windowMs } from './admission.ts';
import { TransferCounts, type TransferClass } from './counts.ts';
import { createDoor } from './door.ts';
import { preparePlaces } from './entrance.ts';
import { addFindTransfers } from './find-transfers.ts';
import { HandOver } from './hand-over.ts';
import { addLoadSheddingStats } from './load-shedding-stats.ts';
import { addPostBatch } from './post-batch.ts';
import { addPostTransfer } from './post-transfer.ts';
import { joinSameKey } from './same-key.ts';

export interface PaymentsEngines {
  readonly core: Core;
}

export async function startPayments(
  context: ProcessContext,
  { core }: PaymentsEngines,
): Promise<RunningRole> {
  const { settings, verifier, corsOrigins } = context;
  const { log, metrics } = context.forRole('payments');
  const counts = new TransferCounts(metrics);
  const admission = new Admission({
    ratePerSecond: settings.LS_RATE_PER_SEC,
    burst: settings.LS_BURST,
    inFlightStart: settings.LS_IN_FLIGHT_START,
    inFlightMax: settings.LS_IN_FLIGHT_MAX,
    targetMs: settings.LS_TARGET_MS,
    counts,
    nowMs: () => performance.now(),
    random: Math.random,
  });
  const handOver = new HandOver({ core, onGroup: measureGroups(metrics) });
  measureAdmission(metrics, admission, handOver);

  const postAll =
    (kind: TransferClass) =>
    async (requests: readonly TransferRequest[]): Promise<TransferOutcome[]> => {
      try {
        return await handOver.post(requests);
      } catch (error) {
        if (!(error instanceof ProblemError && error.code === 'overloaded')) {
          counts.decided('failed', requests.length);
          throw error;
        }
        counts.shed(kind, 'queue');
        throw overloaded(admission.retryAfterSeconds());
      }
    };

  const app = await createApp({
    role: 'payments',
    log,
    metrics,
    verifier,
    corsOrigins,
    health: { core: () => reaches(core) },
    first: createDoor(admission),
  });
  preparePlaces(app);
  const post = joinSameKey(async (request) => (await postAll('single')([request]))[0]!);
  addPostTransfer(app, { admission, counts, post });
  addPostBatch(app, { admission, counts, postAll: postAll('batch') });
  addFindTransfers(app, core);
  addLoadSheddingStats(app, { admission, counts });

  const { url, ...server } = await listen(app, {
    host: settings.ATLAS_HOST,
    port: settings.ATLAS_PAYMENTS_PORT,
    drainMs: settings.ATLAS_DRAIN_MS,
  });
  const windows = setInterval(() => admission.endWindow(), windowMs);
  return {
    role: 'payments',
    url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      clearInterval(windows);
    },
  };
}

/** A lookup that finds nothing goes all the way to the book. */
async function reaches(core: Core): Promise<boolean> {
  await core.find('health', { key: 'health' });
  return true;
}

function measureGroups(metrics: Metrics): (transfers: number, seconds: number) => void {
  const handOvers = metrics.histogram('hand_over_seconds', 'Hand-overs to the core');
  const transfers = metrics.counter('handed_over_transfers_total', 'Transfers handed over');
  return (size, seconds) => {
    handOvers.observe(seconds);
    transfers.inc(size);
  };
}

function measureAdmission(metrics: Metrics, admission: Admission, handOver: HandOver): void {
  const { bucket, limit } = admission;
  metrics.gauge('in_flight_requests', 'Transfer requests under way', () => limit.inFlight);
  metrics.gauge('in_flight_limit_requests', 'Most that may be under way', () => limit.limit);
  metrics.gauge('tokens_available', 'Tokens in the bucket', () => bucket.available);
  metrics.gauge('queued_transfers', 'Waiting for a hand-over', () => handOver.queuedTransfers);
}
