// Every way to fail is one error with a code, so that callers decide by codes and never by status
// numbers or message texts.
import type { Problem } from './wire.ts';

/** Codes of the server, and `unreachable` where no answer came. */
export type ErrorCode = Problem['code'] | 'unreachable';

/**
 * What a failed call says about the money:
 * `nothing` — it moved none; with the same key it may be tried again.
 * `refused` — it moved none, and with this key it never will.
 * `unknown` — it may have moved it. Ask with `transfers.find(key)` or post again with the same key;
 * a new key could move it twice.
 */
export type Outcome = 'nothing' | 'refused' | 'unknown';

export interface AtlasErrorFields {
  readonly code: ErrorCode;
  /** Of the HTTP answer; 0 without one. */
  readonly status: number;
  readonly title: string;
  /** What to do, in words. */
  readonly detail: string;
  readonly errors?: Problem['errors'];
  readonly retryAfterMs?: number | undefined;
  /** The idempotency key of a transfer. */
  readonly key?: string | undefined;
  readonly outcome?: Outcome;
  readonly cause?: unknown;
}

export class AtlasError extends Error {
  override readonly name = 'AtlasError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  /** What is wrong where in the request. */
  readonly errors: Problem['errors'];
  /** How long the server asks to be left alone. */
  readonly retryAfterMs: number | undefined;
  readonly key: string | undefined;
  readonly outcome: Outcome;

  constructor(fields: AtlasErrorFields) {
    super(fields.detail, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.code = fields.code;
    this.status = fields.status;
    this.title = fields.title;
    this.errors = fields.errors;
    this.retryAfterMs = fields.retryAfterMs;
    this.key = fields.key;
    this.outcome = fields.outcome ?? outcomeOf(fields);
  }

  /** Whether the same call may succeed later without anything being changed. */
  get retriable(): boolean {
    return passing.has(this.code) || (this.code === 'unreachable' && this.status === 0);
  }

  /** This error of the transfer with `key`, of which an earlier try may say more. */
  of(key: string | undefined, outcome: Outcome = this.outcome): AtlasError {
    const { code, status, title, message, errors, retryAfterMs, cause } = this;
    const detail = message;
    return new AtlasError({
      code,
      status,
      title,
      detail,
      errors,
      retryAfterMs,
      cause,
      key,
      outcome,
    });
  }
}

const passing: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'unavailable',
  'rate_limited',
  'request_in_flight',
]);

/** 409 and 422 are answers of the book; what else is refused below 500 never reached it. */
function outcomeOf({ code, status }: AtlasErrorFields): Outcome {
  if (code === 'overloaded' || code === 'rate_limited') return 'nothing';
  if (code === 'request_in_flight' || status >= 500 || status < 400) return 'unknown';
  return status === 409 || status === 422 || code === 'account_not_found' ? 'refused' : 'nothing';
}
