// The last known balances over a restart of the app, kept wherever the app keeps things, with the
// moment they were last known to be current: an old balance is worth showing, its age even more so.
// Each user has keys of their own, because account ids repeat from tenant to tenant.
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import { readBalance, writeBalance, type Balance } from '../models.ts';
import { readClaims, type Claims, type Tokens } from '../tokens.ts';
import type * as wire from '../wire.ts';

/** Where texts are kept, such as AsyncStorage or localStorage. What fails here is only not kept. */
export interface OfflineCache {
  load(key: string): string | null | undefined | Promise<string | null | undefined>;
  save(key: string, text: string): unknown;
}

export interface KnownBalance {
  readonly balance: Balance;
  readonly asOfMs: number;
}

export interface BalanceCache {
  load(accountId: string): Promise<KnownBalance | undefined>;
  /** Soon, and the latest only. */
  save(known: KnownBalance): void;
  /** At once what is to be saved. */
  flush(): void;
}

export interface BalanceCacheParts {
  readonly cache: OfflineCache;
  readonly tokens: Tokens;
  readonly clock: Clock;
}

export function createBalanceCache({ cache, tokens, clock }: BalanceCacheParts): BalanceCache {
  const unsaved = new Map<string, KnownBalance>();
  let timer: unknown;
  /** Whose client this is: when a balance is saved the source may give somebody else's token, or none. */
  let owner: Claims | undefined;

  async function keyOf(accountId: string): Promise<string> {
    owner ??= readClaims(await tokens.current());
    if (owner === undefined) throw new Error('A token that names nobody has no cache.');
    return ['atlas.balance.1', owner.tenant, owner.subject, accountId]
      .map(encodeURIComponent)
      .join('/');
  }

  async function saveOne({ balance, asOfMs }: KnownBalance): Promise<void> {
    const text = JSON.stringify({ balance: writeBalance(balance), asOfMs });
    await cache.save(await keyOf(balance.accountId), text);
  }

  function flush(): void {
    clock.clearTimeout(timer);
    timer = undefined;
    for (const known of unsaved.values()) saveOne(known).catch(() => undefined);
    unsaved.clear();
  }

  return {
    async load(accountId) {
      try {
        const text = await cache.load(await keyOf(accountId));
        if (typeof text !== 'string') return undefined;
        const { balance, asOfMs } = JSON.parse(text) as { balance: wire.Balance; asOfMs: number };
        return { balance: readBalance(balance), asOfMs: Math.min(asOfMs, clock.now()) };
      } catch {
        return undefined;
      }
    },
    save(known) {
      unsaved.set(known.balance.accountId, known);
      timer ??= clock.setTimeout(flush, limits.saveEveryMs);
    },
    flush,
  };
}
