// A ledger and cores around a cache in Redis, and traffic that notices every stale read.
import { setTimeout as pause } from 'node:timers/promises';
import type { BalanceCache, BalancePublisher } from '../../src/engines/balance-cache.ts';
import type { RedisSettings } from '../../src/engines/redis/link.ts';
import {
  TestWriters,
  Town,
  eventually,
  openCache,
  openPublisher,
} from '../../src/engines/redis/testing.ts';

export const leaseMs = 300;

/** @param address host:port or URL */
export function cacheSettings(address: string, CACHE_TTL_MS = 60_000): RedisSettings {
  return { REDIS: address, CACHE_TTL_MS, CACHE_LEASE_MS: leaseMs, CACHE_TIMEOUT_MS: 50 };
}

export interface SceneOptions {
  readonly accounts: number;
  readonly ttlMs?: number;
  /** Until a writer has a lease, and for what is awaited of the traffic. */
  readonly patienceMs?: number;
}

export interface Scene extends AsyncDisposable {
  readonly accounts: readonly string[];
  readonly town: Town;
  readonly cache: BalanceCache;
  readonly publisher: ReturnType<typeof openPublisher>;
  readonly writers: TestWriters;
  /** Every account has a version and is in the cache. */
  warm(): Promise<void>;
  /** Payments by these cores and reads, of the first so many accounts. */
  startTraffic(publishers: readonly BalancePublisher[], accounts: number): Traffic;
  /** Reads all accounts again and again, as the ledger does. */
  readFor(ms: number): Promise<void>;
}

export interface Traffic {
  /** So many more writes and reads have been done. */
  more(writes: number, reads: number): Promise<void>;
  stop(): Promise<void>;
}

/** One core and a ledger, whose cache is trusted. */
export async function openScene(address: string, options: SceneOptions): Promise<Scene> {
  const { ttlMs, patienceMs } = options;
  const settings = cacheSettings(address, ttlMs);
  await using opened = new AsyncDisposableStack();
  const writers = new TestWriters();
  const cache = opened.use(openCache(settings));
  const publisher = opened.use(openPublisher(settings, writers.enter()));
  await eventually(() => cache.healthy(), patienceMs);
  const accounts = Array.from({ length: options.accounts }, (_, i) => `acc:${i}`);
  const town = new Town();
  const stack = opened.move();
  return {
    accounts,
    town,
    cache,
    publisher,
    writers,
    async warm() {
      await eventually(() => cache.healthy(), patienceMs);
      for (const id of accounts) {
        await town.pay(publisher, id);
        await town.look(cache, id);
      }
    },
    startTraffic: (publishers, count) => {
      const anyone = () => accounts[Math.floor(Math.random() * count)]!;
      return startTraffic({ town, cache, publishers, anyone, patienceMs });
    },
    async readFor(ms) {
      const until = performance.now() + ms;
      while (performance.now() < until) {
        await Promise.all(accounts.map((id) => town.look(cache, id)));
        await pause(1);
      }
    },
    [Symbol.asyncDispose]: async () => stack.disposeAsync(),
  };
}

interface TrafficParts extends Pick<Scene, 'town' | 'cache'> {
  readonly publishers: readonly BalancePublisher[];
  readonly anyone: () => string;
  readonly patienceMs: number | undefined;
}

function startTraffic({ town, cache, publishers, anyone, patienceMs }: TrafficParts): Traffic {
  const done = { writes: 0, reads: 0 };
  let stopping = false;
  const run = async (step: () => Promise<unknown>, what: keyof typeof done) => {
    while (!stopping) {
      await step();
      done[what] += 1;
      await pause(Math.random() * 5);
    }
  };
  const running = [
    ...publishers.map((publisher) => run(() => town.pay(publisher, anyone()), 'writes')),
    ...publishers.map((publisher) => run(() => town.pay(publisher, anyone()), 'writes')),
    ...Array.from({ length: 12 }, () => run(() => town.look(cache, anyone(), slow), 'reads')),
  ];
  return {
    async more(writes, reads) {
      const wanted = { writes: done.writes + writes, reads: done.reads + reads };
      await eventually(
        () => done.writes >= wanted.writes && done.reads >= wanted.reads,
        patienceMs,
      );
    },
    async stop() {
      stopping = true;
      await Promise.all(running);
    },
  };
}

/** One fill in ten is slow. */
async function slow(): Promise<void> {
  if (Math.random() < 0.1) await pause(50 * Math.random());
}
