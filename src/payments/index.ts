// The payments role: admits or sheds before a body is read, validates, and hands transfers on to the
// core in groups. It keeps no money and no state that a restart would lose.
import type { Ceiling } from '../contracts/control.ts';
import type { Core } from '../contracts/core.ts';
import type { TransferReader } from '../contracts/transfer-list.ts';
import { openTokenLeases } from '../engines/token-leases.ts';
import type { ProcessContext } from '../platform/context.ts';
import { serverLimits } from '../platform/floods/limits.ts';
import { createApp, listen } from '../platform/http.ts';
import type { Metrics } from '../platform/metrics.ts';
import { ownUrl } from '../platform/own-url.ts';
import type { RunningRole } from '../platform/role.ts';
import { addStagesApi } from '../platform/stages-api.ts';
import { SettingError } from '../platform/settings.ts';
import { addTelemetry } from '../platform/telemetry/index.ts';
import { Admission } from './shedding/admission.ts';
import { TransferCounts } from './shedding/counts.ts';
import { createDoor } from './shedding/door.ts';
import { createEntrances } from './entrance.ts';
import { addFindTransfer } from './find-transfer.ts';
import { addGetTimeline } from './get-timeline.ts';
import { HandOver } from './hand-over.ts';
import { addLoadShedding } from './shedding/load-shedding.ts';
import { addLoadSheddingStats } from './shedding/load-shedding-stats.ts';
import { feelPressure } from '../platform/pressure/own-pressure.ts';
import { windowMs } from '../platform/pressure/pressure.ts';
import { measurePayments } from './shedding/payments-metrics.ts';
import { addListTransfers } from './list-transfers.ts';
import { addPostBatch } from './post-batch.ts';
import { addPostTransfer } from './post-transfer.ts';
import { RecentKeys } from './shedding/recent-keys.ts';
import { leaseEveryMs, SharedCeiling } from './shedding/shared-ceiling.ts';
import { createTimelines } from './timeline.ts';
import { createWayToCore } from './way-to-core.ts';

/** The wait in the core alone, as a multiple of the target: nobody who is admitted should wait for longer. */
const coreWaitMax = 2;

export interface PaymentsEngines {
  readonly core: Core;
  readonly transfers: TransferReader;
  /** How this process feels itself; a test may have it feel something else. */
  readonly feel?: typeof feelPressure;
}

export async function startPayments(
  context: ProcessContext,
  { core, transfers, feel = feelPressure }: PaymentsEngines,
): Promise<RunningRole> {
  const { settings, verifier, corsOrigins } = context;
  if (settings.LS_SHARED && settings.REDIS === undefined) {
    throw new SettingError('LS_SHARED=1 needs REDIS: the replicas share their ceiling there');
  }
  const { log, metrics, guards } = context.forRole('payments');
  await using started = new AsyncDisposableStack();
  const pool = { limit: coreWaitMax * settings.LS_TARGET_MS, read: () => core.waitMs() };
  const { clock, pressure } = started.use(feel(settings.LS_LOOP_LAG_MS, { pool }));
  const nowMs = () => performance.now();
  const counts = new TransferCounts(metrics);
  const ceilingSet: Ceiling = {
    ratePerSecond: settings.LS_RATE_PER_SEC,
    burst: settings.LS_BURST,
    clientRatePerSecond: settings.LS_CLIENT_RATE_PER_SEC,
    clientBurst: settings.LS_CLIENT_BURST,
  };
  const admission = new Admission({
    ceiling: ceilingSet,
    inFlightStart: settings.LS_IN_FLIGHT_START,
    inFlightMax: settings.LS_IN_FLIGHT_MAX,
    targetMs: settings.LS_TARGET_MS,
    counts,
    nowMs,
    clock,
    pressure: () => pressure.degree,
    random: Math.random,
  });
  if (settings.LS_SHARED) {
    const leases = started.use(openTokenLeases(settings));
    const shared = new SharedCeiling({
      leases,
      bucket: admission.bucket,
      ceiling: admission.ceiling,
      offeredPerSecond: () => admission.demand.perSecond,
      log,
    });
    admission.pace = shared;
    const renewing = setInterval(() => void shared.renew(), leaseEveryMs);
    started.defer(() => clearInterval(renewing));
  }
  context.control.onCeiling(({ ceiling }) => admission.setCeiling(ceiling ?? ceilingSet));
  const recent = new RecentKeys({ nowMs });
  const deadlines = { defaultMs: settings.LS_TIMEOUT_MS, maxMs: settings.LS_TIMEOUT_MAX_MS };
  const handOver = new HandOver({ core, onGroup: measureGroups(metrics) });
  measurePayments(metrics, { admission, handOver, recent, pressure, clock });

  const checks = { core: () => reaches(core) };
  const app = await createApp({
    role: 'payments',
    log,
    metrics,
    limits: serverLimits(settings),
    verifier,
    corsOrigins,
    health: checks,
    first: createDoor({ admission, recent, verifier, deadlines }),
  });
  const entrances = createEntrances(app, { admission, recent, deadlines });
  const admitted = context.stages.admitted();
  const wayToCore = createWayToCore({ handOver, admission, counts });
  addPostTransfer(app, { entrance: entrances.single, recent, core: wayToCore, admitted });
  addPostBatch(app, { entrance: entrances.batch, admission, core: wayToCore, admitted });
  addListTransfers(app, { core, transfers });
  addFindTransfer(app, core);
  const { control, stages, internalSecret: secret } = context;
  const timelines = started.use(createTimelines({ control, stages, secret, guards, log }));
  addGetTimeline(app, { core, timelines });
  addStagesApi(app, stages, secret);
  addLoadShedding(app, {
    control,
    settings: ceilingSet,
    ceilingTenant: settings.LS_CEILING_TENANT,
  });
  const { node } = control;
  addLoadSheddingStats(app, { node, admission, counts, deadlines, handOver, pressure });
  addTelemetry(app, { role: 'payments', metrics, log, secret, checks, engines: [] });

  const windows = setInterval(() => {
    pressure.endWindow();
    admission.endWindow();
  }, windowMs);
  started.defer(() => clearInterval(windows));
  const { url } = started.use(
    await listen(app, {
      host: settings.ATLAS_HOST,
      port: settings.ATLAS_PAYMENTS_PORT,
      drainMs: settings.ATLAS_DRAIN_MS,
    }),
  );
  context.control.announce('payments', ownUrl(settings, url));
  const resources = started.move();
  return { role: 'payments', url, [Symbol.asyncDispose]: () => resources.disposeAsync() };
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
