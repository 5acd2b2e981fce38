// The engines of a role as it sees them: whether they answer, and which version they say they are.
import type { BalanceCache, BalancePublisher } from './balance-cache.ts';
import type { Database } from './database.ts';
import type { EngineProbe } from '../platform/telemetry/health-watch.ts';

export function probeBook(database: Database): EngineProbe {
  const versionOf = async () => {
    const [row] = await database.query<{ server_version: string }>('show server_version');
    return row?.server_version;
  };
  return {
    need: 'book',
    engine: database.engine,
    up: async () => (await versionOf()) !== undefined,
    version: versionOf,
  };
}

/** As its readers see it. @param own version of this program, which is that of the embedded one */
export function probeCache(cache: BalanceCache, own: string): EngineProbe {
  return {
    need: 'cache',
    engine: cache.engine,
    up: () => cache.healthy(),
    version: async () => (cache.engine === 'memory' ? own : cache.version),
  };
}

/** As the core sees it, which writes to it: up while its lease is good. */
export function probePublisher({ stats }: BalancePublisher, own: string): EngineProbe {
  return {
    need: 'cache',
    engine: stats === undefined ? 'memory' : 'redis',
    up: () => stats?.().leased ?? true,
    version: async () => (stats === undefined ? own : undefined),
  };
}

/** Kafka does not say of which version it is. */
export function probeFeed(
  feed: { readonly engine: 'kafka' | 'outbox'; connected(): boolean },
  own: string,
): EngineProbe {
  return {
    need: 'events',
    engine: feed.engine,
    up: () => feed.connected(),
    version: async () => (feed.engine === 'outbox' ? own : undefined),
  };
}
