// What to do about each refusal, in a sentence: the server says what happened, the screen says what
// the person in front of it can do.
import type { AtlasError, ErrorCode } from '@atlas/client';

const advice: Partial<Record<ErrorCode, string>> = {
  unreachable: 'Check that Atlas is running and that this device is online.',
  unavailable: 'A part of Atlas is down. Try again in a moment.',
  overloaded: 'Nothing has happened. Try again in a moment.',
  rate_limited: 'Nothing has happened. Wait a moment before the next request.',
  unauthenticated: 'Sign in again with a new token.',
  forbidden: 'Use a token that lists this account and has the scope for this.',
  not_found: 'Check the id or key for a slip. A transfer still under way is found once it is done.',
  account_not_found: 'Check the account id for a slip, or open the account first.',
  account_conflict: 'Choose another id, or use the existing account as it is.',
  insufficient_funds: 'Send less, or fund the account first. Sending again makes a new transfer.',
  balance_limit_exceeded: 'The book cannot hold this amount. Send less.',
  currency_mismatch: 'Both accounts must have this currency. Choose another recipient.',
  same_account: 'Choose another recipient.',
  request_in_flight: 'The first try is still under way. Ask again in a moment.',
  idempotency_key_reused: 'Start a new transfer.',
  invalid_request: 'Correct the value and try again.',
};

/** The title of this one tells programs what to do with a key, also where none was sent. */
export function titleFor({ code, title }: AtlasError): string {
  return code === 'unavailable' ? 'Unavailable for now' : title;
}

export function adviceFor(code: string | undefined): string {
  return advice[code as ErrorCode] ?? 'Try again, and ask whoever runs Atlas if it stays.';
}
