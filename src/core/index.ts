// The core: the one writer of money. Requests come in groups, are committed in groups, are put into
// the cache, and only then acknowledged; the relay tells the rest of the world afterwards.
import type { ControlPlane } from '../contracts/control.ts';
import type { Core } from '../contracts/core.ts';
import type { Balance } from '../contracts/balances.ts';
import type { StoredTransfer, TransferOutcome } from '../contracts/transfers.ts';
import type { BalancePublisher } from '../engines/balance-cache.ts';
import { isConnectionFailure, type Database } from '../engines/database.ts';
import type { EventPublisher } from '../engines/event-log.ts';
import { ProblemError } from '../contracts/problems.ts';
import type { ProcessContext } from '../platform/context.ts';
import { serverLimits } from '../platform/floods/limits.ts';
import { createApp, listen } from '../platform/http.ts';
import { ownUrl } from '../platform/own-url.ts';
import type { RunningRole } from '../platform/role.ts';
import { addStagesApi } from '../platform/stages-api.ts';
import type { StageRing } from '../platform/stages.ts';
import { probeBook, probePublisher } from '../engines/probes.ts';
import { addTelemetry } from '../platform/telemetry/index.ts';
import { openAccount, openingBalance } from './accounts.ts';
import { cacheWriters, enterWriter } from './cache-writers.ts';
import { measureCore } from './core-metrics.ts';
import { createGroupCommit, type GroupCommit, type GroupCommitOptions } from './group-commit.ts';
import { addControlApi } from './control-api.ts';
import { createControlPlane } from './control-plane.ts';
import { addInternalApi } from './internal-api.ts';
import { StruckOff, postBatch, type PostBatchOptions } from './post-batch.ts';
import { startRelay } from './relay.ts';
import { currentBalances } from './statements.ts';
import { findTransfer } from './stored-transfers.ts';
import { addVerifyRoute } from './verify-route.ts';

export interface CoreEngines {
  readonly database: Database;
  /** Must have been made with `writerId`. */
  readonly publisher: BalancePublisher;
  readonly events: EventPublisher;
  readonly writerId: string;
}

export interface RunningCore extends RunningRole {
  readonly core: Core;
  readonly control: ControlPlane;
  /** Resolves with one line when this core may not go on and its process should end. */
  readonly failed: Promise<string>;
}

/** Starts the core on a migrated database. */
export async function startCore(
  context: ProcessContext,
  { database, publisher, events, writerId }: CoreEngines,
): Promise<RunningCore> {
  const { settings, stages } = context;
  const { log, metrics } = context.forRole('core');
  const failed = Promise.withResolvers<string>();
  void database.gone?.then(failed.resolve);
  await using started = new AsyncDisposableStack();

  started.use(await enterWriter(database, writerId, log));
  // Before its entry goes: from then on nobody waits for this core, so it may hold no lease either.
  started.defer(() => publisher[Symbol.asyncDispose]());
  const measured = measureCore(metrics);
  const writing = { database, writerId, now: () => new Date() };
  const struckOff = () =>
    failed.resolve('This core was struck off as a dead cache writer; start it again');
  const publish = (balances: readonly Balance[]) => publisher.publish(balances);
  const relay = started.use(
    startRelay({
      database,
      events,
      writers: cacheWriters(database, publisher.register, log),
      publish,
      published: stages.published(),
      batchMax: settings.ATLAS_RELAY_BATCH,
      pollMs: settings.ATLAS_RELAY_POLL_MS,
      log,
    }),
  );
  const groupCommit = createGroupCommit({
    connectionsMax: Math.min(settings.ATLAS_CORE_CONNECTIONS, database.connectionsMax),
    batchMax: database.engine === 'pglite' ? 64 : settings.ATLAS_CORE_BATCH,
    queueMax: settings.ATLAS_CORE_QUEUE,
    postBatch: (submissions) => postBatch(writing, submissions),
    publish,
    committed(transfers, tookMs) {
      measured.committed(transfers, tookMs);
      relay.wake();
    },
    visible: remember(stages.committed()),
    struckOff,
  });
  measured.watch({ groupCommit, relay, publisher });
  started.defer(() => groupCommit.drain());

  const core = createCore({
    writing,
    groupCommit,
    publish,
    counted: measured.decided,
    struckOff,
  });
  const checks = { database: async () => (await database.query('select 1')).length === 1 };
  const app = await createApp({
    role: 'core',
    log,
    metrics,
    limits: serverLimits(settings),
    verifier: context.verifier,
    corsOrigins: [],
    health: checks,
  });
  const control = started.use(
    createControlPlane({ database, auditDays: settings.ATLAS_AUDIT_DAYS, log }),
  );
  addInternalApi(app, core, context.internalSecret);
  addControlApi(app, control, context.internalSecret);
  addStagesApi(app, stages, context.internalSecret);
  addVerifyRoute(app, database, context.internalSecret);
  addTelemetry(app, {
    role: 'core',
    metrics,
    log,
    secret: context.internalSecret,
    checks,
    engines: [probeBook(database), probePublisher(publisher, context.version)],
  });
  const listening = started.use(
    await listen(app, {
      host: settings.ATLAS_HOST,
      port: settings.ATLAS_CORE_PORT,
      drainMs: settings.ATLAS_DRAIN_MS,
    }),
  );
  context.control.announce('core', ownUrl(settings, listening.url));
  const resources = started.move();
  return {
    role: 'core',
    url: listening.url,
    core,
    control,
    failed: failed.promise,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** A replay has passed before, and has its times from then. */
function remember(ring: StageRing): NonNullable<GroupCommitOptions['visible']> {
  return (outcomes, committedAtMs, visibleAtMs) => {
    for (const outcome of outcomes) {
      if (outcome.status !== 'posted' || outcome.replayed) continue;
      ring.add(outcome.entryId, committedAtMs, visibleAtMs);
    }
  };
}

interface CoreParts {
  readonly writing: PostBatchOptions;
  readonly groupCommit: GroupCommit;
  publish(balances: readonly Balance[]): Promise<void>;
  counted(outcomes: readonly TransferOutcome[]): void;
  struckOff(): void;
}

function createCore(parts: CoreParts): Core {
  const { writing, groupCommit, publish, counted } = parts;
  const { database } = writing;
  return {
    async post(requests) {
      const outcomes = await groupCommit.post(requests);
      counted(outcomes);
      return outcomes;
    },
    waitMs: () => groupCommit.waitMs,
    find: (tenant, by) =>
      reaching(async () => {
        const found = await findTransfer(database, tenant, by);
        // Told of a transfer, a client may look at the balance next: it must not be older.
        if (found?.outcome.status === 'posted') await publish(await balancesOf(database, found));
        return found;
      }),
    openAccount: (request) =>
      reaching(async () => {
        const outcome = await openAccount(writing, request).catch((error: unknown) => {
          if (!(error instanceof StruckOff)) throw error;
          parts.struckOff();
          throw new ProblemError('unavailable', 'The book cannot be reached; try again.');
        });
        // Whoever hears that it is there may look at its balance next.
        await publish([openingBalance(outcome.account)]);
        return outcome;
      }),
  };
}

async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    throw new ProblemError('unavailable', 'The book cannot be reached; try again.');
  }
}

async function balancesOf(database: Database, { request }: StoredTransfer): Promise<Balance[]> {
  const rows = await database.query<{
    account_id: string;
    currency: string;
    booked_minor: bigint;
    pending_minor: bigint;
    version: bigint;
    updated_at: Date;
  }>(currentBalances, [request.tenant, [request.source, request.destination]]);
  return rows.map((row) => ({
    tenant: request.tenant,
    accountId: row.account_id,
    currency: row.currency,
    bookedMinor: row.booked_minor,
    pendingMinor: row.pending_minor,
    version: Number(row.version),
    updatedAt: row.updated_at.toISOString(),
  }));
}
