// What is done to a town while its balances are written and read. A fault resolves when everything
// stands again; how long it lasts, and in which of its ways, is by chance.
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { pick, type Random } from '../../../src/commands/demo/random.ts';
import type { Checking } from '../../stale-reads/checking.ts';
import { query } from '../book.ts';
import type { RoleProcess } from '../processes.ts';
import type { Proxy } from '../proxy.ts';
import type { Town } from './town.ts';

export interface Fault {
  readonly name: string;
  strike(scene: Scene): Promise<void>;
}

export interface Scene {
  readonly town: Town;
  readonly random: Random;
  /** Resolves after so many transfers more, to have something happen meanwhile. */
  readonly transfers: (count: number) => Promise<void>;
}

/** CACHE_LEASE_MS by default. */
const leaseMs = 300;
/** How often something short happens. */
const turns = 5;

export const faults: readonly Fault[] = [
  {
    name: 'Redis is killed and comes back empty',
    async strike({ town: { redis }, random }) {
      await redis.kill();
      await delay(lasting(random));
      await redis.restart();
    },
  },
  {
    name: 'Redis is killed and comes back with an old dump',
    async strike({ town: { redis }, random, transfers }) {
      await redis.save();
      await transfers(30);
      await redis.kill();
      await delay(lasting(random));
      await redis.restart({ keep: true });
    },
  },
  {
    name: 'Redis hangs, for less than a lease',
    async strike({ town: { redis }, random, transfers }) {
      for (let turn = 0; turn < turns; turn += 1) {
        redis.pause();
        await delay(random() * leaseMs);
        redis.resume();
        await transfers(5);
      }
    },
  },
  {
    name: 'Redis hangs, for longer than a lease',
    async strike({ town: { redis }, random }) {
      redis.pause();
      await delay(lasting(random));
      redis.resume();
    },
  },
  {
    name: 'Redis is flushed again and again',
    async strike({ town: { redis }, transfers }) {
      for (let turn = 0; turn < 3 * turns; turn += 1) {
        await redis.flush();
        await transfers(3);
      }
    },
  },
  {
    name: 'Redis is short of memory and evicts',
    strike: ({ town, transfers }) =>
      withMemory(town, 'allkeys-random', async () => {
        await transfers(50);
      }),
  },
  {
    name: 'Redis is out of memory and refuses writes',
    strike: ({ town, random, transfers }) =>
      withMemory(town, 'noeviction', async () => {
        await transfers(20);
        await delay(lasting(random));
      }),
  },
  {
    name: 'Redis breaks every connection and forgets every script',
    async strike({ town, transfers }) {
      for (let turn = 0; turn < turns; turn += 1) {
        await ask(town, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'normal'));
        await ask(town, (redis) => redis.script('FLUSH'));
        await transfers(5);
      }
    },
  },
  {
    name: 'one core is cut off from Redis',
    strike: ({ town, random }) => cut(town.coreWay, random),
  },
  {
    name: 'one core is cut off from Redis, which is flushed meanwhile',
    async strike({ town, random, transfers }) {
      town.coreWay.hold();
      await delay(random() * leaseMs);
      await town.redis.flush();
      await transfers(30);
      end(town.coreWay, random);
    },
  },
  {
    name: 'commands of one core are held up on their way, for less than a lease',
    async strike({ town: { coreWay }, random, transfers }) {
      for (let turn = 0; turn < turns; turn += 1) {
        coreWay.hold(pick(random, ['all', 'answers']));
        await delay(random() * leaseMs);
        coreWay.release();
        await transfers(5);
      }
    },
  },
  {
    name: 'one ledger is cut off from Redis',
    strike: ({ town, random }) => cut(town.ledgerWay, random),
  },
  {
    name: 'one ledger hears late from the book, while Redis is flushed',
    async strike({ town: { bookWay, redis }, random, transfers }) {
      for (let turn = 0; turn < turns; turn += 1) {
        await redis.flush();
        bookWay.hold('answers');
        await delay(random() * 3 * leaseMs);
        if (random() < 0.5) await redis.flush();
        bookWay.release();
        await transfers(5);
      }
    },
  },
  {
    name: 'a core dies after its commit, before it writes to Redis',
    async strike({ town: { cores, coreWay }, random, transfers }) {
      coreWay.hold();
      await delay(random() * leaseMs);
      await cores[0]!.kill('SIGKILL');
      // What it has sent arrives late, or never.
      end(coreWay, random);
      await transfers(30);
      await cores[0]!.restart();
    },
  },
  {
    name: 'a core starts and cannot reach Redis',
    async strike({ town: { cores, coreWay }, random, transfers }) {
      await cores[0]!.kill('SIGKILL');
      coreWay.hold();
      await cores[0]!.restart();
      await transfers(50);
      end(coreWay, random);
    },
  },
  {
    name: 'a core is killed at work',
    async strike({ town: { cores }, random, transfers }) {
      const core = pick(random, cores);
      await core.kill('SIGKILL');
      await transfers(30);
      await core.restart();
    },
  },
  { name: 'a core hangs', strike: ({ town, random }) => hang(pick(random, town.cores), random) },
  {
    name: 'payments and ledger hang',
    strike: ({ town, random }) => hang(pick(random, town.fronts), random),
  },
  {
    name: 'payments and ledger are killed at work',
    async strike({ town: { fronts }, random, transfers }) {
      const front = pick(random, fronts);
      await front.kill('SIGKILL');
      await transfers(10);
      await front.restart();
    },
  },
  {
    name: 'PostgreSQL stalls',
    // Everything waits for the tables: what has read them, and has not answered yet, is then late.
    strike: ({ town: { postgres }, random }) =>
      query(
        postgres.url,
        `begin; lock table accounts in access exclusive mode;
         select pg_sleep(${(lasting(random) / 1_000).toFixed(3)}); commit`,
      ).then(() => {}),
  },
  {
    name: 'PostgreSQL is killed',
    async strike({ town: { postgres }, random }) {
      await postgres.kill();
      await delay(random() * leaseMs);
      await postgres.restart();
    },
  },
];

export interface Struck {
  readonly name: string;
  readonly checked: number;
  readonly stale: number;
  readonly backwards: number;
  readonly refused: number;
}

/** Strikes with one after the other, in an order by chance, with reads in between. */
export async function strikeAll(
  town: Town,
  checking: Checking,
  { random, calmChecks }: { readonly random: Random; readonly calmChecks: number },
  onStruck: (struck: Struck) => void,
): Promise<void> {
  const transfers = (count: number) => checking.more(0, count);
  for (const { name, strike } of shuffled(faults, random)) {
    const before = checking.totals;
    await strike({ town, random, transfers });
    await checking.more(calmChecks, 1);
    const after = checking.totals;
    onStruck({
      name,
      checked: after.checked - before.checked,
      stale: after.stale - before.stale,
      backwards: after.backwards - before.backwards,
      refused: refusedOf(after) - refusedOf(before),
    });
  }
}

function refusedOf({ refused }: Checking['totals']): number {
  return Object.values(refused).reduce((sum, count) => sum + count, 0);
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const left = [...all];
  return all.map(() => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

/** Longer than a lease. */
function lasting(random: Random): number {
  return leaseMs + random() * 3 * leaseMs;
}

async function hang(process: RoleProcess, random: Random): Promise<void> {
  await process.kill('SIGSTOP');
  await delay(random() < 0.5 ? random() * leaseMs : lasting(random));
  await process.kill('SIGCONT');
}

async function cut(way: Proxy, random: Random): Promise<void> {
  way.hold();
  await delay(lasting(random));
  end(way, random);
}

/** What waits goes on, or goes on after its client has given up, or is lost. */
function end(way: Proxy, random: Random): void {
  pick(random, [
    () => {},
    () => way.drop(),
    () => {
      way.lose();
      way.drop();
    },
  ])();
  way.release();
}

/** Less memory than is in use, with this policy, for as long as `meanwhile` takes. */
async function withMemory(
  town: Town,
  policy: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  await ask(town, async (redis) => {
    await redis.config('SET', 'maxmemory-policy', policy);
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
    await redis.config('SET', 'maxmemory', used - 1_000);
  });
  await meanwhile();
  await ask(town, (redis) => redis.config('SET', 'maxmemory', 0));
}

async function ask(
  { redis: { url } }: Town,
  commands: (redis: Redis) => Promise<unknown>,
): Promise<void> {
  const redis = new Redis(url);
  try {
    await commands(redis);
  } finally {
    redis.disconnect();
  }
}
