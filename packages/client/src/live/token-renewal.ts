// Brings the connection a new token before its old one ends, so that it need not be dropped. A server
// that does not know how gets a new connection instead.
import type { Clock } from '../clock.ts';
import { limits } from '../limits.ts';
import { readClaims, type Tokens } from '../tokens.ts';
import type { Hub } from './hub.ts';

export interface TokenRenewal {
  /** Watches over the token that a new connection was opened with. */
  begin(): void;
  end(): void;
}

export interface TokenRenewalParts {
  readonly hub: Hub;
  readonly tokens: Tokens;
  readonly clock: Clock;
  readonly random: () => number;
  /** The server did not take the new token on this connection. */
  readonly onNotTaken: () => void;
}

export function createTokenRenewal(parts: TokenRenewalParts): TokenRenewal {
  const { hub, tokens, clock, random, onNotTaken } = parts;
  let turn = 0;
  let timer: unknown;

  function schedule(token: string | undefined): void {
    const endsAtMs = token === undefined ? undefined : readClaims(token)?.expiresAtMs;
    if (endsAtMs === undefined) return;
    const leftMs = endsAtMs - clock.now();
    // Spread, so that the screens that were opened together do not renew together.
    const aheadMs = Math.min(limits.renewBeforeMs, leftMs / 2) * (0.5 + random() / 2);
    if (aheadMs < minimumMs) return;
    const inMs = Math.min(leftMs - aheadMs, timerMaxMs);
    const mine = turn;
    timer = clock.setTimeout(() => void renew(token!, mine), inMs);
  }

  async function renew(old: string, mine: number): Promise<void> {
    const token = await tokens.current().catch(() => old);
    if (mine !== turn) return;
    // The source has no newer one yet: ask again, until the old one ends.
    if (token === old) return schedule(old);
    try {
      await hub.invoke('RenewToken', token);
      if (mine === turn) schedule(token);
    } catch {
      if (mine === turn) onNotTaken();
    }
  }

  function end(): void {
    turn += 1;
    clock.clearTimeout(timer);
  }

  return {
    begin() {
      end();
      schedule(hub.token());
    },
    end,
  };
}

/** Nearer to its end a token is left to end: the server then asks for another connection. */
const minimumMs = 100;
/** Longer timers fire at once. */
const timerMaxMs = 2 ** 31 - 1;
