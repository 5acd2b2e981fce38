// What the protocol calls an error, as a failure that a person can do something about.
import * as oauth from 'oauth4webapi';
import { SignInFailure, type FailureCode } from '../failure.ts';

/**
 * `onInvalidGrant` is what it means here that the provider no longer takes what it gave before.
 * @throws SignInFailure whatever `step` throws
 */
export async function failureOf<T>(
  step: () => Promise<T>,
  onInvalidGrant: FailureCode = 'provider_refused',
): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof SignInFailure) throw error;
    throw new SignInFailure(codeOf(error, onInvalidGrant), detailOf(error));
  }
}

function codeOf(error: unknown, onInvalidGrant: FailureCode): FailureCode {
  if (error instanceof oauth.AuthorizationResponseError) {
    return error.error === 'access_denied' ? 'denied' : 'provider_refused';
  }
  if (error instanceof oauth.ResponseBodyError) {
    if (error.status >= 500) return 'provider_unreachable';
    return error.error === 'invalid_grant' ? onInvalidGrant : 'provider_refused';
  }
  if (error instanceof oauth.OperationProcessingError) {
    return codes[error.code ?? ''] ?? 'provider_misconfigured';
  }
  // From fetch: refused, not allowed by CORS, or too late.
  return 'provider_unreachable';
}

const codes: Readonly<Record<string, FailureCode>> = {
  [oauth.JWT_TIMESTAMP_CHECK]: 'clock',
  // Another state, or another issuer, than this tab has asked.
  [oauth.INVALID_RESPONSE]: 'not_begun_here',
  [oauth.RESPONSE_IS_NOT_CONFORM]: 'provider_unreachable',
};

function detailOf(error: unknown): string {
  if (
    error instanceof oauth.AuthorizationResponseError ||
    error instanceof oauth.ResponseBodyError
  ) {
    return [error.error, error.error_description].filter(Boolean).join(': ');
  }
  return error instanceof Error ? error.message : String(error);
}
