// The current token of a session that lives longer than any of its tokens. It is renewed when somebody
// asks for it shortly before its end: calls of the API ask before each of them, and so does the hub's
// connection, which takes the new one in place. Whoever does nothing renews nothing.
import { AtlasError } from './atlas-error.ts';
import { readClaims, type TokenSource } from './tokens.ts';

/** What an OpenID provider gives. */
export interface TokenSet {
  readonly access: string;
  /** Undefined: the provider gives none, and is asked itself when the access token ends. */
  readonly refresh: string | undefined;
  readonly id: string | undefined;
}

export interface TokenKeeperParts {
  readonly first: TokenSet;
  readonly renew: (tokens: TokenSet) => Promise<TokenSet>;
  /** Whether what `renew` threw says that there will be no other token; anything else passes. */
  readonly isFinal: (error: unknown) => boolean;
  readonly now: () => number;
  readonly onRenewed: (tokens: TokenSet) => void;
  /**
   * There will be no other token.
   * @param reason what `renew` threw; undefined where Atlas wants none of this session
   */
  readonly onEnded: (reason: unknown) => void;
}

export interface TokenKeeper {
  readonly source: Exclude<TokenSource, string>;
  readonly tokens: () => TokenSet;
}

export const renewal = {
  /** A token is renewed this long before its end, or from half of its life where that is later. */
  aheadMs: 60_000,
  /** After a try that failed the old one is used on for so long, while it is good. */
  pauseMs: 5_000,
  /** Nobody waits longer for a new one while the old one is good: the network may swallow the question. */
  waitMs: 1_000,
};

export function keepToken(parts: TokenKeeperParts): TokenKeeper {
  const { renew, isFinal, now, onRenewed, onEnded } = parts;
  let tokens = parts.first;
  let dueAtMs = dueOf(tokens);
  let renewing: Promise<void> | undefined;
  /** Given instead of one that Atlas refused. */
  let instead: string | undefined;
  let over = false;

  function dueOf(fresh: TokenSet): number {
    const leftMs = endsAtMs(fresh) - now();
    return now() + leftMs - Math.min(renewal.aheadMs, leftMs / 2);
  }

  function end(reason?: unknown): void {
    if (over) return;
    over = true;
    onEnded(reason);
  }

  /** One at a time: a refresh token that is used twice looks stolen, and ends the session. */
  function renewOnce(): Promise<void> {
    renewing ??= renewNow().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function renewNow(): Promise<void> {
    try {
      tokens = await renew(tokens);
      dueAtMs = dueOf(tokens);
      onRenewed(tokens);
    } catch (error) {
      if (isFinal(error)) end(error);
      dueAtMs = now() + renewal.pauseMs;
      throw away(error);
    }
  }

  async function renewAhead(): Promise<void> {
    const renewed = renewOnce();
    if (now() >= endsAtMs(tokens)) return renewed;
    const waited = new Promise<void>((resolve) => setTimeout(resolve, renewal.waitMs));
    await Promise.race([renewed.catch(() => undefined), waited]);
  }

  return {
    tokens: () => tokens,
    async source({ refused }) {
      if (over) return tokens.access;
      if (refused === tokens.access) {
        if (refused === instead || tokens.refresh === undefined) {
          end();
          return refused;
        }
        await renewOnce();
        instead = tokens.access;
      } else if (now() >= dueAtMs && tokens.refresh !== undefined) {
        await renewAhead();
      }
      return tokens.access;
    },
  };
}

const endsAtMs = ({ access }: TokenSet): number => readClaims(access)?.expiresAtMs ?? 0;

/** As the client knows it: to be tried again. */
function away(cause: unknown): AtlasError {
  return new AtlasError({
    code: 'unreachable',
    status: 0,
    title: 'Your identity provider does not answer',
    detail: 'Your session cannot be renewed now; it is tried again.',
    // Without a token nothing is sent.
    outcome: 'nothing',
    cause,
  });
}
