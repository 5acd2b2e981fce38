// Why nobody is signed in, each with a page's words: what happened, and what to do about it.

export type FailureCode = keyof typeof failures;

/** `detail` is what the other side said, for whoever has to mend it. */
export class SignInFailure extends Error {
  override readonly name = 'SignInFailure';
  readonly code: FailureCode;
  readonly detail: string | undefined;

  constructor(code: FailureCode, detail?: string) {
    super(`${code}: ${detail ?? ''}`);
    this.code = code;
    this.detail = detail;
  }
}

export function failureFrom(error: unknown): SignInFailure {
  if (error instanceof SignInFailure) return error;
  return new SignInFailure('atlas_unreachable', error instanceof Error ? error.message : undefined);
}

interface Words {
  readonly title: string;
  readonly advice: string;
}

export const failures = {
  atlas_unreachable: {
    title: 'Atlas does not answer',
    advice: 'Nothing is wrong with your sign-in. Try again in a moment.',
  },
  provider_unreachable: {
    title: 'Your identity provider does not answer',
    advice:
      'Atlas itself goes on; only signing in waits. Try again in a moment. If it stays so, whoever runs ' +
      'the provider should see that it is up and allows requests from this address (CORS).',
  },
  provider_misconfigured: {
    title: 'Your identity provider is not what Atlas was told',
    advice:
      'Whoever runs Atlas should compare CONSOLE_OIDC_ISSUER with the provider: docs/sign-in.md.',
  },
  provider_refused: {
    title: 'Your identity provider refuses this console',
    advice:
      'Whoever runs the provider should compare its client with CONSOLE_OIDC_CLIENT_ID and ' +
      'CONSOLE_OIDC_SCOPE: docs/sign-in.md.',
  },
  denied: {
    title: 'You were not let in',
    advice:
      'The sign-in was cancelled, or your account may not use this console. Sign in again, with another ' +
      'account if need be, or ask whoever grants access.',
  },
  not_begun_here: {
    title: 'This sign-in was not begun here',
    advice:
      'It is an old address, or one from another tab, so it was not used. Begin again in this tab.',
  },
  clock: {
    title: 'Your clock and that of your provider differ',
    advice:
      'Tokens are good for minutes, so a clock that is wrong makes them look old or not yet begun. Set ' +
      'this device to automatic time, then sign in again.',
  },
  not_accepted: {
    title: 'Atlas does not accept this token',
    advice:
      'You are known to your provider, but its token is not one for Atlas. Whoever runs them should ' +
      'compare issuer, audience and claims: docs/sign-in.md.',
  },
  token_refused: {
    title: 'Atlas does not accept this token',
    advice:
      'It was signed out, perhaps in another tab, or it is not one of this Atlas. Sign in with a new one.',
  },
  insecure_page: {
    title: 'This page was not opened securely',
    advice: 'Signing in needs https. Open the console by its https address.',
  },
  ended_by_provider: {
    title: 'Your session has ended',
    advice: 'Your identity provider has ended it. Sign in again to go on where you were.',
  },
  signed_out: {
    title: 'Your session has ended',
    advice:
      'It was signed out, perhaps in another tab or by whoever runs Atlas. Sign in again to go on where ' +
      'you were.',
  },
  expired: {
    title: 'Your token has expired',
    advice: 'You were signed out with it. Sign in again to go on where you were.',
  },
  unreadable: {
    title: 'That is not a token.',
    advice: 'A token is three parts with points between them.',
  },
} satisfies Record<string, Words>;
