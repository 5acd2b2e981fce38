// Every refusal is a stable code; its HTTP status, title and meaning stand here once, so that a
// client, the hub and the documentation can never disagree about them.

interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/** Codes of problem+json (RFC 9457) with their HTTP status and title. */
export const problems = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  idempotency_key_missing: { status: 400, title: 'The Idempotency-Key header is missing' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  not_found: { status: 404, title: 'There is nothing here' },
  account_not_found: { status: 404, title: 'The account does not exist' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  insufficient_funds: { status: 409, title: 'The available balance is too low' },
  balance_limit_exceeded: { status: 409, title: 'The balance would leave the range of 64 bits' },
  request_in_flight: { status: 409, title: 'The first request with this key is still under way' },
  load_running: { status: 409, title: 'A load is running already' },
  account_conflict: { status: 409, title: 'The account exists with other values' },
  version_not_reached: { status: 409, title: 'The account has not reached this version' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be application/json' },
  idempotency_key_reused: { status: 422, title: 'The key was used with another body' },
  currency_mismatch: { status: 422, title: 'The currency differs from the account' },
  same_account: { status: 422, title: 'Source and destination are the same account' },
  rate_limited: { status: 429, title: 'Too many requests from this client' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something went wrong inside' },
  overloaded: { status: 503, title: 'Overloaded: nothing happened, try again later' },
  unavailable: { status: 503, title: 'Unavailable: retry with the same key' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** Refusals that depend on accounts: final for their idempotency key, a replay repeats them. */
export type RefusalCode =
  | 'account_not_found'
  | 'insufficient_funds'
  | 'balance_limit_exceeded'
  | 'currency_mismatch';

/** The body of every error response. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  instance?: string;
  errors?: { path: string; message: string }[];
}

/** An error that a client may see: its code decides the status, its detail says what to do. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: Problem['errors']; retryAfterSeconds?: number } = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
    this.code = code;
    this.errors = more.errors;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

/** Builds the problem+json body of a code. */
export function problem(
  code: ProblemCode,
  detail: string,
  more: { instance?: string | undefined; errors?: Problem['errors'] } = {},
): Problem {
  const { status, title } = problems[code];
  return {
    type: `urn:atlas:problem:${code}`,
    title,
    status,
    detail,
    code,
    ...(more.instance === undefined ? {} : { instance: more.instance }),
    ...(more.errors === undefined ? {} : { errors: more.errors }),
  };
}
