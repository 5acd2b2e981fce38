// Why nobody is signed in, as a code; words.ts says each in words, with what to do about it.

export type SignInFault =
  | 'unreadable'
  | 'expired'
  | 'atlas_unreachable'
  | 'provider_unreachable'
  | 'provider_misconfigured'
  | 'provider_refused'
  | 'denied'
  | 'not_begun_here'
  | 'ended_by_provider'
  | 'not_accepted';

export class SignInFailure extends Error {
  override readonly name = 'SignInFailure';
  readonly code: SignInFault;

  /** @param detail what the other side said, for whoever has to mend it */
  constructor(code: SignInFault, detail?: string) {
    super(detail);
    this.code = code;
  }
}

export function failureFrom(error: unknown): SignInFailure {
  return error instanceof SignInFailure ? error : new SignInFailure('atlas_unreachable');
}
