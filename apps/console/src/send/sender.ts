// Sends one transfer from one account, exactly once, over a network that may fail at any moment.
// A key is made when the person presses Send and goes with the same bytes at every try. As long as
// any try may have moved the money, the outcome is unknown and only that key is tried again; a new
// key, and so a second transfer, becomes possible only after a decisive answer.
import { ApiError } from '../api/http.ts';
import type { Receipt, TransferDraft } from '../api/payments.ts';
import type { Clock } from '../live/parts.ts';
import { retryDelayMs } from '../live/retry-delay.ts';

/** Tries that follow by themselves; after these the person decides. */
export const retriesMax = 4;
const retryRange = { firstMs: 500, maxMs: 8_000 };

/** A transfer under its key, as it is kept over a reload. */
export interface Attempt {
  readonly key: string;
  readonly draft: TransferDraft;
}

export type SendState =
  | { readonly step: 'idle' }
  | { readonly step: 'sending'; readonly attempt: Attempt; readonly retrying: ApiError | undefined }
  | { readonly step: 'posted'; readonly attempt: Attempt; readonly receipt: Receipt }
  /** Certain: this key has moved nothing. */
  | { readonly step: 'refused'; readonly attempt: Attempt; readonly error: ApiError }
  /** The money may have moved; `error` is undefined when the page was reloaded in between. */
  | { readonly step: 'unknown'; readonly attempt: Attempt; readonly error: ApiError | undefined };

export interface Sender {
  readonly read: () => SendState;
  readonly listen: (onChange: () => void) => () => void;
  readonly send: (draft: TransferDraft) => void;
  /** Tries an unknown outcome again, with the same key and bytes. */
  readonly retry: () => void;
  /** Back to an empty form, once the outcome is known. */
  readonly reset: () => void;
  /** The person stops asking for an outcome, knowing that the money may have moved. */
  readonly abandon: () => void;
  readonly close: () => void;
}

export interface SenderParts {
  readonly post: (key: string, body: string) => Promise<Receipt>;
  readonly newKey: () => string;
  readonly clock: Clock;
  readonly random: () => number;
  /** Keeps the attempt whose outcome is open, or undefined when none is. */
  readonly remember: (attempt: Attempt | undefined) => void;
  /** What `remember` kept before the page was loaded. */
  readonly remembered: Attempt | undefined;
}

export function createSender(parts: SenderParts): Sender {
  const { clock } = parts;
  const listeners = new Set<() => void>();
  let state: SendState =
    parts.remembered === undefined
      ? { step: 'idle' }
      : { step: 'unknown', attempt: parts.remembered, error: undefined };
  let mayHaveMoved = parts.remembered !== undefined;
  let retries = 0;
  let timer: unknown;
  let closed = false;

  function enter(next: SendState): void {
    state = next;
    for (const changed of listeners) changed();
  }

  function attemptOnce(attempt: Attempt, retrying: ApiError | undefined): void {
    enter({ step: 'sending', attempt, retrying });
    // Until an answer is here the money may move: a reload now must find this key.
    parts.remember(attempt);
    parts.post(attempt.key, JSON.stringify(attempt.draft)).then(
      (receipt) => settle({ step: 'posted', attempt, receipt }),
      (error: unknown) => failed(attempt, asApiError(error)),
    );
  }

  function settle(next: SendState & { step: 'posted' | 'refused' }): void {
    mayHaveMoved = false;
    parts.remember(undefined);
    enter(next);
  }

  function failed(attempt: Attempt, error: ApiError): void {
    if (closed) return;
    const meaning = meaningOf(error);
    if (meaning === 'decided') return settle({ step: 'refused', attempt, error });
    if (meaning === 'unknown') mayHaveMoved = true;
    if (worthRetrying(error) && retries < retriesMax) {
      enter({ step: 'sending', attempt, retrying: error });
      timer = clock.setTimeout(() => attemptOnce(attempt, error), waitMs(error));
    } else if (mayHaveMoved) {
      enter({ step: 'unknown', attempt, error });
    } else {
      settle({ step: 'refused', attempt, error });
    }
  }

  function waitMs(error: ApiError): number {
    const ownMs = retryDelayMs(retries++, parts.random(), retryRange);
    return Math.min(Math.max(ownMs, error.retryAfterMs ?? 0), retryRange.maxMs);
  }

  return {
    read: () => state,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    send(draft) {
      if (state.step === 'sending' || state.step === 'unknown') return;
      retries = 0;
      attemptOnce({ key: parts.newKey(), draft }, undefined);
    },
    retry() {
      if (state.step !== 'unknown') return;
      retries = 0;
      attemptOnce(state.attempt, state.error);
    },
    reset() {
      if (state.step === 'posted' || state.step === 'refused') enter({ step: 'idle' });
    },
    abandon() {
      if (state.step !== 'unknown') return;
      mayHaveMoved = false;
      parts.remember(undefined);
      enter({ step: 'idle' });
    },
    close() {
      closed = true;
      clock.clearTimeout(timer);
    },
  };
}

/**
 * What a failed try says about its key. decided: the answer stands for the key, it never moves
 * money. nothing: this try did nothing and nothing was stored, which says nothing of earlier tries.
 */
function meaningOf(error: ApiError): 'decided' | 'nothing' | 'unknown' {
  if (error.code === 'overloaded' || error.code === 'rate_limited') return 'nothing';
  if (error.code === 'request_in_flight' || error.status >= 500 || error.status === 0)
    return 'unknown';
  return notStored.has(error.status) ? 'nothing' : 'decided';
}

/** Refused before the book was asked; a later try with the key may still be posted. */
const notStored: ReadonlySet<number> = new Set([400, 401, 403, 413, 415, 429, 431]);

function worthRetrying(error: ApiError): boolean {
  return meaningOf(error) === 'unknown' || error.status === 503 || error.status === 429;
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

/** A key that no other device makes; `crypto.randomUUID` is missing on plain-HTTP addresses. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `console-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
