// The control: what most would build. A read that finds nothing puts what the book says for a time, a
// write deletes. It is here to fall short: its life must be short, since nothing but the time mends it.
import { Redis } from 'ioredis';
import type { BalanceCache, BalancePublisher } from '../../src/engines/balance-cache.ts';
import { balanceText, parseHeld } from '../../src/engines/redis/keys.ts';

export function deleteOnWrite(
  url: string,
  lifeMs: number,
): { cache: BalanceCache; publisher: BalancePublisher } {
  const redis = new Redis(url, { enableAutoPipelining: true });
  const keyOf = (tenant: string, accountId: string) => `bal:${tenant}:${accountId}`;
  const close = async () => redis.disconnect();
  return {
    cache: {
      engine: 'redis',
      async read(tenant, accountId) {
        const held = await redis.get(keyOf(tenant, accountId));
        return held === null
          ? { found: 'miss', permit: '' }
          : { found: 'hit', balance: parseHeld(tenant, held) };
      },
      async fill(tenant, accountId, balance) {
        if (balance === undefined) return;
        await redis.set(keyOf(tenant, accountId), balanceText(balance), 'PX', lifeMs);
      },
      healthy: async () => true,
      [Symbol.asyncDispose]: close,
    },
    publisher: {
      async publish(balances) {
        await redis.del(balances.map(({ tenant, accountId }) => keyOf(tenant, accountId)));
      },
      [Symbol.asyncDispose]: close,
    },
  };
}
