// The readers' side of the cache in Redis. Reads of one turn of the event loop go over together, as
// one script with one timer. When Redis is silent once, all reads pass it by until it answers a probe.
import { randomBytes } from 'node:crypto';
import type { BalanceCache, CacheRead } from '../balance-cache.ts';
import { absentText, balanceText, jittered, parseHeld, type Keys } from './keys.ts';
import type { RedisLink, RedisSettings } from './link.ts';
import { clockScript, fillScript, readScript } from './scripts.ts';

/** Balances in one script: longer ones would hold up Redis' other callers. */
const readsAtOnceMax = 64;
/** Life of a fill permit: a slower fill is dropped. */
const permitMs = 1_000;
/** Life of the word that there is no such account. */
const absentMs = 1_000;
/** Pause between probes of a silent Redis. */
const probeMs = 100;

const bypass: CacheRead = { found: 'bypass' };

interface Waiting {
  readonly tenant: string;
  readonly key: string;
  readonly resolve: (read: CacheRead) => void;
}

export interface ReaderOptions {
  readonly link: RedisLink;
  readonly keys: Keys;
  readonly settings: RedisSettings;
}

export type Reader = Omit<BalanceCache, 'engine' | 'version' | 'board' | 'follow'>;

export function createReader({ link, keys, settings }: ReaderOptions): Reader {
  const permitBase = `${randomBytes(9).toString('base64url')}.`;
  let permits = 0;
  let queue: Waiting[] = [];
  let silent = false;
  let probe: NodeJS.Timeout | undefined;

  function send(): void {
    const waiting = queue;
    queue = [];
    for (let start = 0; start < waiting.length; start += readsAtOnceMax) {
      void readTogether(waiting.slice(start, start + readsAtOnceMax));
    }
  }

  async function readTogether(waiting: readonly Waiting[]): Promise<void> {
    const found = await ask(waiting.map(({ key }) => key));
    for (const [i, { tenant, resolve }] of waiting.entries()) {
      const held = found?.[i];
      resolve(held === undefined ? bypass : readOf(tenant, held));
    }
  }

  /** What stands at these keys; undefined: Redis is silent, or not to be trusted now. */
  async function ask(balances: readonly string[]): Promise<string[] | undefined> {
    const { run } = link;
    if (run === undefined) return undefined;
    permits += 1;
    const permit = `${permitBase}${permits.toString(36)}`;
    try {
      const found = await link.ask(
        readScript,
        [keys.epoch, keys.writers, ...balances],
        [run, permit, permitMs],
      );
      return (found as string[] | null) ?? undefined;
    } catch {
      fellSilent();
      return undefined;
    }
  }

  function fellSilent(): void {
    if (silent) return;
    silent = true;
    probe = setInterval(() => {
      link.ask(clockScript, [], []).then(spokeAgain, () => {});
    }, probeMs);
  }

  function spokeAgain(): void {
    silent = false;
    clearInterval(probe);
  }

  return {
    read(tenant, accountId) {
      if (silent || link.run === undefined) return Promise.resolve(bypass);
      return new Promise((resolve) => {
        queue.push({ tenant, key: keys.balance(tenant, accountId), resolve });
        if (queue.length === 1) setImmediate(send);
      });
    },
    async fill(tenant, accountId, balance, permit) {
      const { run } = link;
      if (silent || run === undefined) return;
      const text = balance ? `${balance.version} ${balanceText(balance)}` : absentText;
      const lifeMs = balance ? settings.CACHE_TTL_MS : Math.min(absentMs, settings.CACHE_TTL_MS);
      await link
        .ask(
          fillScript,
          [keys.epoch, keys.balance(tenant, accountId)],
          [run, permit, text, jittered(lifeMs)],
        )
        .catch(fellSilent);
    },
    healthy: async () => !silent && (await ask([])) !== undefined,
    async [Symbol.asyncDispose]() {
      await link[Symbol.asyncDispose]();
      clearInterval(probe);
    },
  };
}

function readOf(tenant: string, held: string): CacheRead {
  if (held === absentText) return { found: 'hit', balance: undefined };
  if (held.startsWith('?')) return { found: 'miss', permit: held.slice(1) };
  const balance = parseHeld(tenant, held);
  return balance === undefined ? bypass : { found: 'hit', balance };
}
