// The token of now: as it was given, or renewed at its provider for as long as that gives new ones.
import { keepToken, readClaims, type Claims, type TokenKeeper } from '@atlas/client';
import { SignInFailure } from './failure.ts';
import { openProvider, type Provider } from './provider.ts';
import type { Credentials } from './token-store.ts';

export interface HeldToken extends TokenKeeper {
  readonly provider: Provider | undefined;
}

export function holdToken(
  { tokens, provider: settings }: Credentials,
  claims: Claims,
  onRenewed: (credentials: Credentials) => void,
): HeldToken {
  const provider = settings && openProvider(settings);
  const keeper = keepToken({
    first: tokens,
    async renew(old) {
      const next = await provider!.renew(old);
      if (isSamePerson(readClaims(next.access), claims)) return next;
      throw new SignInFailure('not_accepted');
    },
    isFinal: (error) => error instanceof SignInFailure && error.code !== 'provider_unreachable',
    now: Date.now,
    onRenewed: (next) => onRenewed({ tokens: next, provider: settings }),
    // The roles take the last token no more, and the connection says so.
    onEnded: () => undefined,
  });
  return { ...keeper, provider };
}

export function isSamePerson(one: Claims | undefined, other: Claims): boolean {
  return one?.tenant === other.tenant && one.subject === other.subject;
}
