// The core's side of the cache in Redis. A balance that cannot be put is remembered, the lease is left
// to lapse, and the acknowledgement waits until it surely has: from then on readers pass the cache
// by. Only after everything missed was repeated does the writer take a new lease.
import { randomBytes } from 'node:crypto';
import type { Balance } from '../../contracts/balances.ts';
import type { BalancePublisher, PublisherStats, WriterRegister } from '../balance-cache.ts';
import {
  balanceKey,
  balanceText,
  epochKey,
  invalidateChannel,
  jittered,
  writersKey,
} from './keys.ts';
import { createLease } from './lease.ts';
import type { RedisLink, RedisSettings } from './link.ts';
import { createMissedBalances } from './missed.ts';
import { lapsedScript, leaveScript, putScript, strikeOffScript } from './scripts.ts';

/** Balances in one script: longer ones would hold up Redis' readers. */
const putsAtOnceMax = 64;
/** Balances remembered while Redis is away, some 300 bytes each. */
const missedMax = 50_000;
/** A lease that ended this long ago belongs to a writer that is in trouble or dead. */
const lapsedMs = 2_000;
/** Readers wait for no writer that they do not know: so long, its first acks wait for its first lease. */
const firstLeaseMs = 1_000;

export interface WriterOptions {
  readonly link: RedisLink;
  readonly writerId: string;
  readonly settings: RedisSettings;
  /** Ids of all writers that may owe the cache something, this one or not. */
  readonly knownWriters: () => Promise<readonly string[]>;
}

export interface RedisPublisher extends BalancePublisher {
  readonly register: WriterRegister;
  stats(): PublisherStats;
}

export function createWriter(options: WriterOptions): RedisPublisher {
  const { link, writerId, settings, knownWriters } = options;
  const leaseMs = settings.CACHE_LEASE_MS;
  const pauseMs = Math.floor(leaseMs / 6);
  const lease = createLease({ link, writerId, leaseMs, knownWriters });
  const missed = createMissedBalances(missedMax);
  const counts = { put: 0, failures: 0 };
  /** False from the first silence until everything missed was repeated. */
  let answering = false;
  const introduced = Promise.withResolvers<void>();
  const unknownUntilMs = performance.now() + firstLeaseMs;
  let caughtUp = Promise.withResolvers<void>();
  const stopping = new AbortController();
  let wake: (() => void) | undefined;
  link.onConnected(() => wake?.());
  const finished = keepLease();

  async function publish(balances: readonly Balance[]): Promise<void> {
    if (balances.length === 0) return;
    if (!lease.known) await Promise.race([introduced.promise, until(unknownUntilMs)]);
    if (answering && (await put(balances))) return;
    answering = false;
    lease.letLapse();
    missed.remember(balances);
    wake?.();
    if (performance.now() >= lease.surelyOverAtMs) return;
    await Promise.race([caughtUp.promise, until(lease.surelyOverAtMs)]);
  }

  /** True when Redis has confirmed all of them. */
  async function put(balances: readonly Balance[]): Promise<boolean> {
    const { run } = link;
    if (run === undefined) return false;
    const scripts: Promise<unknown>[] = [];
    for (let start = 0; start < balances.length; start += putsAtOnceMax) {
      const some = balances.slice(start, start + putsAtOnceMax);
      scripts.push(
        link.ask(
          putScript,
          [epochKey, ...some.map(({ tenant, accountId }) => balanceKey(tenant, accountId))],
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
        answering = false;
        lease.letLapse();
      }
      if (!stopping.signal.aborted) await pause();
    }
  }

  /** Repeats what was missed, then takes a lease. Throws when Redis is silent. */
  async function regain(): Promise<void> {
    while (missed.size > 0) {
      const some = missed.oldest(putsAtOnceMax);
      if (!(await put(some))) throw new Error('Redis is silent');
      missed.repeated(some);
    }
    answering = true;
    const anew = missed.forgot;
    if (anew) {
      missed.beganAnew();
    } else {
      caughtUp.resolve();
      caughtUp = Promise.withResolvers();
    }
    let taken = false;
    try {
      taken = await lease.acquire({ anew, allowed: () => answering });
      if (lease.known) introduced.resolve();
    } finally {
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
    register: {
      lapsed: async () => {
        const lapsed = (await link.ask(lapsedScript, [writersKey], [lapsedMs])) as string[];
        return lapsed.filter((id) => id !== writerId);
      },
      async strikeOff(id) {
        const values = [link.run ?? '', id, randomBytes(6).toString('base64url')];
        await link.ask(strikeOffScript, [epochKey, writersKey], values);
      },
    },
    stats: () => ({ leased: lease.held, missed: missed.size, ...counts }),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      wake?.();
      await finished;
      // With something missed the lapsed lease stays, so that readers wait until it is struck off.
      if (missed.size === 0 && !missed.forgot) {
        await link.ask(leaveScript, [writersKey], [writerId]).catch(() => {});
      }
      await link[Symbol.asyncDispose]();
    },
  };
}

function putValues(balance: Balance): (string | number)[] {
  const { tenant, accountId, version } = balance;
  return [version, balanceText(balance), `${tenant}/${accountId}`];
}

async function until(atMs: number): Promise<void> {
  for (let leftMs = atMs - performance.now(); leftMs > 0; leftMs = atMs - performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(leftMs)));
  }
}
