// The current token of a session that lives longer than any of its tokens. It is renewed when somebody
// asks for it shortly before its end: calls of the API ask before each of them, and so does the hub's
// connection, which takes the new one in place. Whoever does nothing renews nothing.
import { AtlasError } from '@atlas/client';
import { SignInFailure } from '../failure.ts';
import type { Tokens } from './provider.ts';

export interface TokenKeeperParts {
  readonly first: Tokens;
  /** @throws SignInFailure */
  readonly renew: (tokens: Tokens) => Promise<Tokens>;
  /** When the access token ends. */
  readonly endsAtMs: (tokens: Tokens) => number;
  readonly now: () => number;
  readonly onRenewed: (tokens: Tokens) => void;
  /** There will be no other token: the provider, or Atlas, wants no more of this session. */
  readonly onEnded: (failure: SignInFailure) => void;
}

export interface TokenKeeper {
  /** A `TokenSource` of @atlas/client. */
  source(asked: { readonly refused?: string }): Promise<string>;
  tokens(): Tokens;
}

export const renewal = {
  /** A token is renewed this long before its end, or from half of its life where that is later. */
  aheadMs: 60_000,
  /** After a try that failed the old one is used on for so long, while it is good. */
  pauseMs: 5_000,
};

export function keepToken(parts: TokenKeeperParts): TokenKeeper {
  const { renew, endsAtMs, now, onRenewed, onEnded } = parts;
  let tokens = parts.first;
  let dueAtMs = dueOf(tokens);
  let renewing: Promise<void> | undefined;
  /** Given instead of one that Atlas refused. */
  let instead: string | undefined;

  function dueOf(fresh: Tokens): number {
    const leftMs = endsAtMs(fresh) - now();
    return now() + leftMs - Math.min(renewal.aheadMs, leftMs / 2);
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
      const failure =
        error instanceof SignInFailure ? error : new SignInFailure('provider_unreachable');
      if (failure.code !== 'provider_unreachable') onEnded(failure);
      dueAtMs = now() + renewal.pauseMs;
      throw away(failure);
    }
  }

  return {
    tokens: () => tokens,
    async source({ refused }) {
      if (refused === tokens.access) {
        if (refused === instead || tokens.refresh === undefined) {
          onEnded(new SignInFailure('not_accepted'));
          return refused;
        }
        await renewOnce();
        instead = tokens.access;
      } else if (now() >= dueAtMs && tokens.refresh !== undefined) {
        await renewOnce().catch((error: unknown) => {
          if (now() >= endsAtMs(tokens)) throw error;
        });
      }
      return tokens.access;
    },
  };
}

/** As the client knows it: to be tried again. */
function away({ detail }: SignInFailure): AtlasError {
  return new AtlasError({
    code: 'unreachable',
    status: 0,
    title: 'Your identity provider does not answer',
    detail: 'Your session cannot be renewed now; it is tried again.',
    cause: detail,
  });
}
