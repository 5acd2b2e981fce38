// What the protocol calls an error, as a failure that a person can do something about.
import { ResponseError, TokenError } from 'expo-auth-session';
import { limits } from '../limits.ts';
import { SignInFailure, type SignInFault } from './failure.ts';

/**
 * What came of a question to the provider.
 * @param onInvalidGrant what it means here that it no longer takes what it gave before
 * @throws SignInFailure whatever went wrong
 */
export async function asked<T>(
  answer: Promise<T>,
  onInvalidGrant: SignInFault = 'provider_refused',
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), limits.providerMs);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (error instanceof SignInFailure) throw error;
    // Not reached, not allowed by CORS, too late, or something that is no provider answered.
    if (!(error instanceof TokenError) || !refusals.has(error.code)) {
      throw new SignInFailure('provider_unreachable', wordsOf(error));
    }
    const isOver = error.code === 'invalid_grant';
    throw new SignInFailure(isOver ? onInvalidGrant : 'provider_refused', wordsOf(error));
  } finally {
    clearTimeout(timer);
  }
}

/** Why the provider sends the browser back without a code. */
export function failureOf(error: { readonly code: string } | null | undefined): SignInFailure {
  const faults: Readonly<Record<string, SignInFault>> = {
    access_denied: 'denied',
    // Of another question than this app has asked.
    state_mismatch: 'not_begun_here',
  };
  return new SignInFailure(faults[error?.code ?? ''] ?? 'provider_refused', wordsOf(error));
}

/** RFC 6749 and 8707: what asking again does not change. */
const refusals: ReadonlySet<string> = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'invalid_scope',
  'invalid_target',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/** The provider's own. */
function wordsOf(error: unknown): string | undefined {
  return error instanceof ResponseError ? error.description : undefined;
}
