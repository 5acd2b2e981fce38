// Three common ways to keep balances in Redis, each of which answers outdated balances after an
// acknowledgement. The checker must find out all of them, or its zero for Atlas would mean nothing.
import type { Redis } from 'ioredis';
import type { Balance, Book } from './book.ts';

/** What stands between the book and its readers. */
export interface Way {
  read(accountId: string): Promise<Balance | undefined>;
  /** Called after the commit and before the acknowledgement. */
  written(balances: readonly Balance[]): Promise<void>;
}

export const wayNames = ['delete-and-publish', 'joining-flights', 'expiry-alone'] as const;
export type WayName = (typeof wayNames)[number];

const lifeMs = 5_000;

export const ways: Readonly<Record<WayName, (redis: Redis, book: Book) => Way>> = {
  /** A reader that read the book before the commit may fill after the delete. */
  'delete-and-publish': (redis, book) => ({
    read: (id) => readThrough(redis, book, id, (balance) => put(redis, balance)),
    async written(balances) {
      for (const { accountId, version } of balances) {
        await redis.del(keyOf(accountId));
        await redis.publish('balance:invalidate', `${accountId}:${version}`);
      }
    },
  }),

  /** Nothing older is ever put; but who joins a flight that began before the commit gets its value. */
  'joining-flights': (redis, book) => {
    const flights = new Map<string, Promise<Balance | undefined>>();
    const start = (id: string) => {
      const flight = readThrough(redis, book, id, (balance) => putNewer(redis, balance));
      flights.set(id, flight);
      return flight.finally(() => flights.delete(id));
    };
    return {
      read: (id) => flights.get(id) ?? start(id),
      async written(balances) {
        await Promise.all(balances.map((balance) => putNewer(redis, balance)));
      },
    };
  },

  /** A balance is outdated until its life is over. */
  'expiry-alone': (redis, book) => ({
    read: (id) => readThrough(redis, book, id, (balance) => put(redis, balance)),
    written: async () => {},
  }),
};

async function readThrough(
  redis: Redis,
  book: Book,
  accountId: string,
  fill: (balance: Balance) => Promise<unknown>,
): Promise<Balance | undefined> {
  const [held] = await redis.hmget(keyOf(accountId), 'balance');
  if (held) return JSON.parse(held) as Balance;
  const balance = await book.balance(accountId);
  if (balance !== undefined) await fill(balance);
  return balance;
}

function keyOf(accountId: string): string {
  return `control:${accountId}`;
}

async function put(redis: Redis, balance: Balance): Promise<void> {
  const key = keyOf(balance.accountId);
  await redis
    .multi()
    .hset(key, { version: balance.version, balance: JSON.stringify(balance) })
    .pexpire(key, lifeMs)
    .exec();
}

const newerOnly = `
local held = redis.call('HGET', KEYS[1], 'version')
if held and tonumber(held) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'balance', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`;

async function putNewer(redis: Redis, balance: Balance): Promise<void> {
  const { accountId, version } = balance;
  await redis.eval(newerOnly, 1, keyOf(accountId), version, JSON.stringify(balance), lifeMs);
}
