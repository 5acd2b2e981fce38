// The core's side of one shard of the cache in Redis. A balance that cannot be put is remembered, the
// lease is left to lapse, and the acknowledgement waits until it surely has: from then on readers pass
// the shard by. Only after everything missed was repeated does the writer take a new lease.
import { randomBytes } from 'node:crypto';
import type { Balance } from '../../contracts/balances.ts';
import type { PublisherStats } from '../balance-cache.ts';
import { balanceText, invalidateChannel, jittered, type Keys } from './keys.ts';
import { createLease } from './lease.ts';
import { RedisSilent, type RedisLink, type RedisSettings } from './link.ts';
import { createMissedBalances } from './missed.ts';
import {
  introduceScript,
  lapsedScript,
  leaveScript,
  putScript,
  strikeOffScript,
} from './scripts.ts';
import { until } from './until.ts';

/** Balances in one script: longer ones would hold up Redis' readers. */
const putsAtOnceMax = 64;
/** A lease that ended this long ago belongs to a writer that is in trouble or dead. */
const lapsedMs = 2_000;

export interface ShardWriterOptions {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly writerId: string;
  readonly settings: RedisSettings;
  /** Balances remembered while Redis is away, some 300 bytes each. */
  readonly missedMax: number;
  /** Ids of all writers that may owe the cache something, this one or not. */
  readonly knownWriters: () => Promise<readonly string[]>;
}

export interface ShardWriter extends AsyncDisposable {
  publish(balances: readonly Balance[]): Promise<void>;
  /**
   * True: wherever readers trust this writer's lease, they wait for these writers too, now and with any
   * later lease. False: that cannot be said now. Their ids must have been read from the book before.
   */
  meet(strangers: readonly string[]): Promise<boolean>;
  lapsed(): Promise<string[]>;
  strikeOff(writerId: string): Promise<void>;
  stats(): PublisherStats;
}

export function createShardWriter(options: ShardWriterOptions): ShardWriter {
  const { link, keys, writerId, settings, missedMax, knownWriters } = options;
  const leaseMs = settings.CACHE_LEASE_MS;
  const pauseMs = Math.floor(leaseMs / 6);
  const lease = createLease({ link, keys, writerId, leaseMs, knownWriters });
  const missed = createMissedBalances(missedMax);
  const counts = { put: 0, failures: 0 };
  /** The server process at which nothing is missing; none from the first silence until all was repeated. */
  let answering: string | undefined;
  let acquiring = false;
  let caughtUp = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let wake: (() => void) | undefined;
  link.onConnected(() => wake?.());
  const finished = keepLease();

  async function publish(balances: readonly Balance[]): Promise<void> {
    if (answering !== undefined && (await put(balances, answering))) return;
    answering = undefined;
    lease.letLapse();
    missed.remember(balances);
    wake?.();
    if (performance.now() >= lease.surelyOverAtMs) return;
    await Promise.race([caughtUp.promise, until(lease.surelyOverAtMs)]);
  }

  /** True when this server process has confirmed all of them. */
  async function put(balances: readonly Balance[], run: string): Promise<boolean> {
    if (link.run !== run) return false;
    const scripts: Promise<unknown>[] = [];
    for (let start = 0; start < balances.length; start += putsAtOnceMax) {
      const some = balances.slice(start, start + putsAtOnceMax);
      scripts.push(
        link.ask(
          putScript,
          [keys.epoch, ...some.map(({ tenant, accountId }) => keys.balance(tenant, accountId))],
          [run, jittered(settings.CACHE_TTL_MS), invalidateChannel, ...some.flatMap(putValues)],
        ),
      );
    }
    const results = await Promise.allSettled(scripts);
    const confirmed = results.every(({ status }) => status === 'fulfilled');
    if (confirmed) counts.put += balances.length;
    else counts.failures += 1;
    return confirmed;
  }

  async function keepLease(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        if (lease.held) await lease.renew();
        if (!lease.held) await regain();
      } catch {
        answering = undefined;
        lease.letLapse();
      }
      if (!stopping.signal.aborted) await pause();
    }
  }

  /** Repeats what was missed, then takes a lease. Throws when Redis is silent. */
  async function regain(): Promise<void> {
    const { run } = link;
    if (run === undefined) throw new RedisSilent('Redis is not connected');
    if (run !== lease.run) {
      // Another server: readers of the one before may trust the lease there until it has ended.
      answering = undefined;
      await until(lease.surelyOverAtMs);
    }
    while (missed.size > 0) {
      const some = missed.oldest(putsAtOnceMax);
      if (!(await put(some, run))) throw new RedisSilent('Redis is silent');
      missed.repeated(some);
    }
    answering = run;
    const anew = missed.forgot;
    if (anew) {
      missed.beganAnew();
    } else {
      caughtUp.resolve();
      caughtUp = Promise.withResolvers();
    }
    let taken = false;
    acquiring = true;
    try {
      taken = await lease.acquire({ anew, allowed: () => answering === run });
    } finally {
      acquiring = false;
      if (anew && !taken) missed.forgetAll();
    }
  }

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    publish,
    async meet(strangers) {
      // A lease that is being asked for may leave them out.
      if (acquiring) return false;
      if (!lease.held) return performance.now() >= lease.surelyOverAtMs;
      const { run } = lease;
      if (run === undefined || link.run !== run) return false;
      const values = [run, ...strangers];
      return (await link.ask(introduceScript, [keys.epoch, keys.writers], values)) === 1;
    },
    lapsed: async () => (await link.ask(lapsedScript, [keys.writers], [lapsedMs])) as string[],
    async strikeOff(id) {
      const values = [link.run ?? '', id, randomBytes(6).toString('base64url')];
      await link.ask(strikeOffScript, [keys.epoch, keys.writers], values);
    },
    stats: () => ({ leased: lease.held, missed: missed.size, ...counts }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      wake?.();
      await finished;
      // With something missed the lapsed lease stays, so that readers wait until it is struck off.
      if (missed.size === 0 && !missed.forgot) {
        await link.ask(leaveScript, [keys.writers], [writerId]).catch(() => {});
      }
      await link[Symbol.asyncDispose]();
    },
  };
}

function putValues(balance: Balance): (string | number)[] {
  const { tenant, accountId, version } = balance;
  return [version, balanceText(balance), `${tenant}/${accountId}`];
}
