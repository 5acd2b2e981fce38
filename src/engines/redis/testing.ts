// A book in memory with readers and writers around a cache, that notices every stale read: each reader
// notes what was acknowledged when it began, and may not get anything older.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Balance } from '../../contracts/balances.ts';
import { createLog } from '../../platform/logs.ts';
import type { BalanceCache, BalancePublisher, CacheRead } from '../balance-cache.ts';
import { openRedisCache, openRedisPublisher, type WriterBook } from '../redis-cache.ts';
import type { RedisSettings } from './link.ts';

export const tenant = 'tnt_test';
const log = createLog('test', 'silent');

export function openCache(settings: RedisSettings): BalanceCache {
  return openRedisCache({ settings, log });
}

/** @param book of a test that has more than this one writer */
export function openPublisher(settings: RedisSettings, book = new TestWriters().enter()) {
  return openRedisPublisher({ settings, log, writerId: book.id, book });
}

/** The writers that a book knows, in memory. */
export class TestWriters {
  readonly #met = new Map<string, Set<string>>();
  readonly #dead = new Set<string>();

  /** Enters another writer, as a core does before its first commit. */
  enter(id: string = randomUUID()): WriterBook & { readonly id: string } {
    this.#met.set(id, new Set());
    const others = () => [...this.#met.keys()].filter((other) => other !== id);
    return {
      id,
      known: async () => [...this.#met.keys()],
      strangers: async () => others().filter((other) => !this.#met.get(other)!.has(id)),
      met: async (strangers) => {
        for (const stranger of strangers) this.#met.get(stranger)?.add(id);
      },
      unmetBy: async () => {
        const unmet = others().filter((other) => !this.#met.get(id)!.has(other));
        if (unmet.length === 0) return 'nobody';
        return unmet.every((other) => this.#dead.has(other)) ? 'dead' : 'living';
      },
    };
  }

  /** Its process has ended; its entry stays. */
  died(id: string): void {
    this.#dead.add(id);
  }

  leave(id: string): void {
    this.#met.delete(id);
  }
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

  /** Opens an account, as the core does. */
  async open(publisher: BalancePublisher, accountId: string): Promise<void> {
    this.#committed.set(accountId, 0);
    const balance = balanceOf(accountId, 0);
    await publisher.publish([balance]);
    this.acknowledge(balance);
  }

  acknowledge({ accountId, version }: Balance): void {
    this.#acknowledged.set(accountId, Math.max(version, this.#acknowledged.get(accountId) ?? -1));
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
    const atLeast = this.#acknowledged.get(accountId) ?? -1;
    const read = await cache.read(tenant, accountId);
    this.found[read.found] += 1;
    if (read.found === 'hit') {
      const version = read.balance?.version ?? -1;
      if (version < atLeast) this.stale.push(`${accountId}: ${version} after ${atLeast}`);
    } else {
      const version = this.#committed.get(accountId);
      const book = version === undefined ? undefined : balanceOf(accountId, version);
      await meanwhile();
      if (read.found === 'miss') await cache.fill(tenant, accountId, book, read.permit);
    }
    return read.found;
  }

  assertNothingStale(): void {
    assert.deepEqual(this.stale, []);
  }
}

/** Resolves when `met` does; looks again every few milliseconds, since Redis tells nobody. */
export async function eventually(
  met: () => Promise<boolean> | boolean,
  withinMs = 10_000,
): Promise<void> {
  const giveUpAt = performance.now() + withinMs;
  while (!(await met())) {
    assert.ok(performance.now() < giveUpAt, 'this never happened');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
