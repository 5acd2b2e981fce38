// Chooses the engines by the settings: real ones where they are named, embedded ones where all roles
// that share them run in this one process.
import { setTimeout as delay } from 'node:timers/promises';
import { writerBook } from './core/cache-writers.ts';
import type { BalanceCache, BalancePublisher } from './engines/balance-cache.ts';
import type { Database } from './engines/database.ts';
import type { BalanceFeed, EventPublisher } from './engines/event-log.ts';
import { createMemoryCache } from './engines/memory-cache.ts';
import { createOutboxFeed } from './engines/outbox-feed.ts';
import { openPglite } from './engines/pglite.ts';
import { openPostgres } from './engines/postgres.ts';
import { openRedisCache, openRedisPublisher } from './engines/redis-cache.ts';
import type { ProcessContext } from './platform/context.ts';
import type { Log } from './platform/logs.ts';
import type { RoleName } from './platform/role.ts';
import { SettingError, type Settings } from './platform/settings.ts';

/** Loaded where it is used: the client of Kafka is a third of all that a process would load. */
const kafka = () => import('./engines/kafka.ts');

/** Connections of a core beside its transactions: the relay, look-ups, health. */
const coreSpareConnections = 3;
const connectTimeoutMs = 5_000;
/** Longest that a start waits for the topics. */
const topicsStartMs = 3_000;
const topicsRetryMs = 2_000;

export interface Engines extends AsyncDisposable {
  forCore(): { database: Database; publisher: BalancePublisher; events: EventPublisher };
  forLedger(): { database: Database; cache: BalanceCache };
  forRealtime(): BalanceFeed;
  /**
   * Creates the Kafka topics that are missing; does nothing without Kafka. While Kafka is away it goes
   * on trying in the background, so that a core can start: its outbox waits.
   */
  makeTopics(log: Log): Promise<void>;
}

/** @throws SettingError when roles of several processes would need an engine that is not set. */
export async function openEngines(
  context: ProcessContext,
  names: ReadonlySet<RoleName>,
  writerId: string,
): Promise<Engines> {
  const { settings } = context;
  requireSharedEngines(settings, names);
  await using opened = new AsyncDisposableStack();
  const needs = (...roles: RoleName[]) => roles.some((role) => names.has(role));

  const book =
    needs('core', 'ledger') && settings.DATABASE_URL === undefined
      ? opened.use(await openPglite(settings.ATLAS_DATA))
      : undefined;
  const pool = async (connectionsMax: number, applicationName: string) =>
    opened.use(
      await openPostgres({
        url: settings.DATABASE_URL!,
        connectionsMax,
        connectTimeoutMs,
        statementTimeoutMs: settings.ATLAS_STATEMENT_TIMEOUT_MS,
        applicationName,
      }),
    );
  const writing = needs('core')
    ? (book ?? (await pool(settings.ATLAS_CORE_CONNECTIONS + coreSpareConnections, 'atlas-core')))
    : undefined;
  const reading = needs('ledger')
    ? (book ?? (await pool(settings.ATLAS_READ_CONNECTIONS, 'atlas-ledger')))
    : undefined;

  const memory =
    settings.REDIS === undefined ? createMemoryCache(settings.CACHE_ENTRIES) : undefined;
  const publisher = needs('core')
    ? (memory?.publisher ??
      opened.use(
        openRedisPublisher({
          settings,
          log: context.forRole('core').log,
          writerId,
          book: writerBook(writing!, writerId),
        }),
      ))
    : undefined;
  const cache = needs('ledger')
    ? (memory?.cache ??
      opened.use(openRedisCache({ settings, log: context.forRole('ledger').log })))
    : undefined;

  const outbox = settings.KAFKA_BOOTSTRAP === undefined ? createOutboxFeed() : undefined;
  const events = needs('core')
    ? (outbox ?? opened.use(await (await kafka()).openKafkaPublisher(settings)))
    : undefined;
  const feed = needs('realtime') ? (outbox ?? (await openBalanceFeed(settings))) : undefined;

  const stopping = new AbortController();
  opened.defer(() => stopping.abort());
  const resources = opened.move();
  return {
    forCore: () => ({ database: writing!, publisher: publisher!, events: events! }),
    forLedger: () => ({ database: reading!, cache: cache! }),
    forRealtime: () => feed!,
    async makeTopics(log) {
      if (settings.KAFKA_BOOTSTRAP === undefined) return;
      const made = untilTopics(settings, log, stopping.signal);
      await Promise.race([made, delay(topicsStartMs, undefined, { ref: false })]);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function openBalanceFeed(settings: Settings): Promise<BalanceFeed> {
  return settings.REALTIME_FEED === 'slots'
    ? (await import('./engines/slot-feed.ts')).openSlotFeed(settings)
    : (await kafka()).openKafkaBalanceFeed(settings);
}

async function untilTopics(settings: Settings, log: Log, signal: AbortSignal): Promise<void> {
  const { makeTopics } = await kafka();
  while (!signal.aborted) {
    try {
      await makeTopics(settings);
      return;
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'the Kafka topics cannot be made now; trying again');
      await delay(topicsRetryMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** An embedded engine lives in one process: all roles that use it must be there. */
function requireSharedEngines(settings: Settings, names: ReadonlySet<RoleName>): void {
  const slots = settings.REALTIME_FEED === 'slots' && names.has('realtime');
  if (slots && (settings.KAFKA_BOOTSTRAP === undefined || settings.REDIS === undefined)) {
    throw new SettingError('REALTIME_FEED=slots needs KAFKA_BOOTSTRAP and REDIS');
  }
  const shared = [
    { setting: 'DATABASE_URL', roles: ['core', 'ledger'] },
    { setting: 'REDIS', roles: ['core', 'ledger'] },
    { setting: 'KAFKA_BOOTSTRAP', roles: ['core', 'realtime'] },
  ] as const;
  for (const { setting, roles } of shared) {
    const here = roles.filter((role) => names.has(role));
    if (settings[setting] === undefined && here.length > 0 && here.length < roles.length) {
      throw new SettingError(
        `Set ${setting}: ${here.join(' and ')} alone cannot share the embedded engine with the others`,
      );
    }
  }
}
