// A writer's lease in Redis: while it stands, readers trust that nothing of this writer is missing.
// The writer must know for sure when it no longer stands, although Redis' clock, a hung server and
// commands that are carried out late stand between them. So half of CACHE_LEASE_MS stands in Redis
// after each renewal; the other half is for the one command that may still be on its way.
import { randomBytes } from 'node:crypto';
import type { Keys } from './keys.ts';
import type { RedisLink } from './link.ts';
import { acquireScript, clockScript, renewScript } from './scripts.ts';

export interface LeaseOptions {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly writerId: string;
  readonly leaseMs: number;
  /** Ids of all writers that may owe the cache something, this one or not. */
  readonly knownWriters: () => Promise<readonly string[]>;
}

export interface Lease {
  /** True while it may be renewed: it was confirmed and nothing was missed since. */
  readonly held: boolean;
  /** The server process that was last asked for it: at no other one may it still stand. */
  readonly run: string | undefined;
  /** On performance.now()'s clock: from then on it stands no more, unless it is held. */
  readonly surelyOverAtMs: number;
  /** It may lapse: no renewal is sent any more. */
  letLapse(): void;
  /** Rejects when Redis is silent. Afterwards `held` tells whether it still stands. */
  renew(): Promise<void>;
  /**
   * Takes a new lease, with a new epoch when `anew`: whether Redis did. Rejects when that is unknown.
   * `allowed` is asked at the last moment before, and again before it counts as held.
   */
  acquire(options: { anew: boolean; allowed: () => boolean }): Promise<boolean>;
}

export function createLease(options: LeaseOptions): Lease {
  const { link, writerId, leaseMs, knownWriters } = options;
  const standsMs = Math.floor(leaseMs / 2);
  /** On Redis' clock, as last confirmed. */
  let endsAt: number | undefined;
  let run: string | undefined;
  let surelyOverAtMs = Number.NEGATIVE_INFINITY;
  const keys = [options.keys.epoch, options.keys.writers];

  /** It ends within `standsMs` of this reply, or `standsMs` later if the next renewal is unheard of. */
  function confirmed(end: number): void {
    endsAt = end;
    surelyOverAtMs = performance.now() + leaseMs;
  }

  return {
    get held() {
      return endsAt !== undefined;
    },
    get run() {
      return run;
    },
    get surelyOverAtMs() {
      return surelyOverAtMs;
    },
    letLapse() {
      endsAt = undefined;
    },
    async renew() {
      // At another server it has no lease, and this one cannot be asked any more.
      if (link.run !== run) endsAt = undefined;
      if (endsAt === undefined) return;
      const renewed = await link.ask(renewScript, keys, [run ?? '', writerId, endsAt, standsMs]);
      // Lengthened or not, it may not count as held when something was missed in the meantime.
      if (endsAt === undefined) return;
      if (renewed === 0) endsAt = undefined;
      else confirmed(renewed as number);
    },
    async acquire({ anew, allowed }) {
      const asked = link.run;
      const writers = await knownWriters();
      // One that the book does not know may not commit, and newcomers would not wait for it.
      if (!writers.includes(writerId)) return false;
      const redisNow = (await link.ask(clockScript, [], [])) as number;
      if (!allowed() || asked === undefined || link.run !== asked) return false;
      // Carried out by then or never, so it ends within leaseMs from now, heard of or not.
      const notAfter = redisNow + standsMs;
      surelyOverAtMs = performance.now() + leaseMs;
      run = asked;
      const fresh = randomBytes(6).toString('base64url');
      const end = await link.ask(acquireScript, keys, [
        asked,
        writerId,
        notAfter,
        standsMs,
        fresh,
        anew ? 1 : 0,
        ...writers,
      ]);
      if (end === 0) return false;
      if (allowed()) confirmed(end as number);
      return true;
    },
  };
}
