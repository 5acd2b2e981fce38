// A book in memory with readers and writers around a cache, that notices every stale read: each reader
// notes what was acknowledged when it began, and may not get anything older.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Balance } from '../../contracts/balances.ts';
import { createLog } from '../../platform/logs.ts';
import type { BalanceCache, BalancePublisher, CacheRead } from '../balance-cache.ts';
import { openRedisCache, openRedisPublisher, type RedisPublisher } from '../redis-cache.ts';
import type { RedisSettings } from './link.ts';

export const tenant = 'tnt_test';
const log = createLog('test', 'silent');

export function openCache(settings: RedisSettings): BalanceCache {
  return openRedisCache({ settings, log });
}

/** @param known ids of all writers of a test that has more than this one */
export function openPublisher(
  settings: RedisSettings,
  writerId: string = randomUUID(),
  known: () => Promise<readonly string[]> = async () => [writerId],
): RedisPublisher {
  return openRedisPublisher({ settings, log, writerId, knownWriters: known });
}

export function balanceOf(accountId: string, version: number): Balance {
  return {
    tenant,
    accountId,
    currency: 'EUR',
    bookedMinor: BigInt(version) * 100n,
    pendingMinor: 0n,
    version,
    updatedAt: '2026-11-24T00:00:00.000Z',
  };
}

export class Town {
  readonly #committed = new Map<string, number>();
  readonly #acknowledged = new Map<string, number>();
  readonly found = { hit: 0, miss: 0, bypass: 0 };
  readonly stale: string[] = [];

  /** Commits the next version, without telling the cache yet. */
  commit(accountId: string): Balance {
    const version = (this.#committed.get(accountId) ?? 0) + 1;
    this.#committed.set(accountId, version);
    return balanceOf(accountId, version);
  }

  acknowledge({ accountId, version }: Balance): void {
    this.#acknowledged.set(accountId, Math.max(version, this.#acknowledged.get(accountId) ?? 0));
  }

  /** Commits, publishes and acknowledges, as the core does; resolves to how long publishing took. */
  async pay(publisher: BalancePublisher, accountId: string): Promise<number> {
    const balance = this.commit(accountId);
    const startedAt = performance.now();
    await publisher.publish([balance]);
    this.acknowledge(balance);
    return performance.now() - startedAt;
  }

  /** Reads as the ledger does; `meanwhile` happens between the read of the book and the fill. */
  async look(
    cache: BalanceCache,
    accountId: string,
    meanwhile: () => Promise<void> = async () => {},
  ): Promise<CacheRead['found']> {
    const atLeast = this.#acknowledged.get(accountId) ?? 0;
    const read = await cache.read(tenant, accountId);
    this.found[read.found] += 1;
    if (read.found === 'hit') {
      if (read.balance.version < atLeast) {
        this.stale.push(`${accountId}: ${read.balance.version} after ${atLeast}`);
      }
    } else {
      const book = balanceOf(accountId, this.#committed.get(accountId) ?? 0);
      await meanwhile();
      if (read.found === 'miss') await cache.fill(book, read.permit);
    }
    return read.found;
  }

  assertNothingStale(): void {
    assert.deepEqual(this.stale, []);
  }
}

/** Resolves when `met` does; looks again every few milliseconds, since Redis tells nobody. */
export async function eventually(met: () => Promise<boolean> | boolean): Promise<void> {
  const giveUpAt = performance.now() + 10_000;
  while (!(await met())) {
    assert.ok(performance.now() < giveUpAt, 'this never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
