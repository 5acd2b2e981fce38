// The ledger role: answers who has what. Balances come from the cache, statements and accounts from the
// book; opening an account goes through the core, which alone writes.
import type { BalanceReader } from '../contracts/balances.ts';
import type { Core } from '../contracts/core.ts';
import type { TransferReader } from '../contracts/transfer-list.ts';
import type { BalanceCache } from '../engines/balance-cache.ts';
import type { Database } from '../engines/database.ts';
import type { ProcessContext } from '../platform/context.ts';
import { serverLimits } from '../platform/floods/limits.ts';
import { createApp, listen } from '../platform/http.ts';
import { ownUrl } from '../platform/own-url.ts';
import { measurePressure } from '../platform/pressure/metrics.ts';
import { feelPressure } from '../platform/pressure/own-pressure.ts';
import type { RunningRole } from '../platform/role.ts';
import { probeBook, probeCache } from '../engines/probes.ts';
import { addTelemetry } from '../platform/telemetry/index.ts';
import { waitForVersions } from './at-least.ts';
import { createBalances } from './balances.ts';
import { createAuditBook } from './audit-book.ts';
import { createBook } from './book.ts';
import { countCache } from './cache-counts.ts';
import { addCacheStats } from './cache-stats.ts';
import { addGetAccount } from './get-account.ts';
import { addGetAudit } from './get-audit.ts';
import { addGetBalance, guardBalances } from './get-balance.ts';
import { addGetEntries } from './get-entries.ts';
import { addListAccounts } from './list-accounts.ts';
import { addOpenAccount } from './open-account.ts';
import { createLedgerDoor } from './door.ts';
import { addLoadSheddingStats } from './load-shedding-stats.ts';
import { createReadGuards } from './read-guards.ts';
import { createReadPressure } from './read-pressure.ts';
import { createNearBalances } from './near-balances.ts';
import { addTransfersApi } from './remote-transfers.ts';
import { requireAccountId } from './schemas.ts';
import { selectBook } from './statements.ts';
import { createTransferBook } from './transfer-book.ts';

const bodyBytesMax = 4 * 1024;

export interface LedgerEngines {
  readonly database: Database;
  readonly cache: BalanceCache;
  readonly core: Pick<Core, 'openAccount'>;
  /** How this process feels itself; a test may have it feel something else. */
  readonly feel?: typeof feelPressure;
}

export interface RunningLedger extends RunningRole {
  /** For roles of the same process. */
  readonly balances: BalanceReader;
  readonly transfers: TransferReader;
}

export async function startLedger(
  context: ProcessContext,
  { database, cache, core, feel = feelPressure }: LedgerEngines,
): Promise<RunningLedger> {
  const { settings, verifier, corsOrigins } = context;
  const { log, metrics, guards } = context.forRole('ledger');
  const { node } = context.control;
  await using stack = new AsyncDisposableStack();
  const felt = stack.use(feel(settings.LS_LOOP_LAG_MS, {}));
  const { connectionsMax } = database;
  const reads = createReadGuards({ connectionsMax, guards, nowMs: felt.clock.nowMs });
  const pressure = stack.use(createReadPressure({ felt, reads }));
  measurePressure(metrics, felt);
  const book = createBook(database, reads);
  const counts = countCache(metrics);
  const balances = createBalances({ cache, book, counts });
  const near = stack.use(createNearBalances({ follow: cache.follow, read: balances.read, counts }));
  const door = guardBalances({ readAtLeast: waitForVersions(balances), near });
  const entrance = createLedgerDoor({
    requestsMax: settings.ATLAS_LEDGER_REQUESTS,
    metrics,
    clock: felt.clock,
    degreeOf: pressure.degreeOf,
    ownDegree: () => pressure.own.degree,
    verifier,
    random: Math.random,
  });

  // Without the cache the ledger still answers, so that is no reason to take it out of service.
  const checks = { database: async () => (await database.query(selectBook)).length === 1 };
  const app = await createApp({
    role: 'ledger',
    log,
    metrics,
    limits: serverLimits(settings),
    verifier,
    corsOrigins,
    bodyBytesMax,
    health: checks,
    first: entrance.first,
  });
  entrance.guard(app);
  addListAccounts(app, book);
  addOpenAccount(app, core);
  addGetAccount(app, book);
  addGetBalance(app, door);
  addGetEntries(app, book);
  stack.use(addCacheStats(app, { cache, counts, node }));
  addLoadSheddingStats(app, { node, door: entrance, reads, pressure });
  const transfers = createTransferBook(database, reads);
  addTransfersApi(app, transfers, context.internalSecret);
  addGetAudit(app, { records: createAuditBook(database, reads), audit: context.control.audit });
  addTelemetry(app, {
    role: 'ledger',
    metrics,
    log,
    secret: context.internalSecret,
    checks,
    engines: [probeBook(database), probeCache(cache, context.version)],
  });
  const listening = stack.use(
    await listen(app, {
      host: settings.ATLAS_HOST,
      port: settings.ATLAS_LEDGER_PORT,
      drainMs: settings.ATLAS_DRAIN_MS,
    }),
  );
  context.control.announce('ledger', ownUrl(settings, listening.url));
  const resources = stack.move();
  return {
    role: 'ledger',
    url: listening.url,
    transfers,
    balances: {
      async read(token, accountId) {
        const identity = await verifier.verify(token);
        requireAccountId(accountId);
        return door.read(identity, accountId, 0);
      },
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
