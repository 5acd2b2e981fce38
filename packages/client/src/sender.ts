// Sends one transfer from one account, exactly once, over a network that may fail at any moment.
// A key is made when the person presses Send, and the client tries it as long as that makes sense. As
// long as any try may have moved the money, only that key is tried again; a new key, and so a second
// transfer, becomes possible only after a decisive answer.
import { AtlasError } from './atlas-error.ts';
import type { Receipt, Transfer } from './models.ts';
import type { PostOptions } from './transfers.ts';

/** A transfer under its key, as it is kept over a restart. */
export interface Attempt {
  readonly key: string;
  readonly draft: Transfer;
}

export type SendState =
  | { readonly step: 'idle' }
  | {
      readonly step: 'sending';
      readonly attempt: Attempt;
      readonly retrying: AtlasError | undefined;
    }
  | { readonly step: 'posted'; readonly attempt: Attempt; readonly receipt: Receipt }
  /** Certain: this key has moved nothing. */
  | { readonly step: 'refused'; readonly attempt: Attempt; readonly error: AtlasError }
  /** The money may have moved; `error` is undefined after a restart in between. */
  | { readonly step: 'unknown'; readonly attempt: Attempt; readonly error: AtlasError | undefined };

export interface Sender {
  readonly read: () => SendState;
  readonly listen: (onChange: () => void) => () => void;
  readonly send: (draft: Transfer) => void;
  /** Tries an unknown outcome again, with the same key. */
  readonly retry: () => void;
  /** Back to an empty form, once the outcome is known. */
  readonly reset: () => void;
  /** The person stops asking for an outcome, knowing that the money may have moved. */
  readonly abandon: () => void;
  readonly close: () => void;
}

export interface SenderParts {
  readonly post: (transfer: Transfer, options: PostOptions) => Promise<Receipt>;
  readonly newKey: () => string;
  /**
   * Keeps the attempt whose outcome is open, or undefined when none is. Nothing is sent before a
   * promise of it is kept, nor when it is broken: a key that is lost with the app is how money is sent
   * twice.
   */
  readonly remember: (attempt: Attempt | undefined) => void | Promise<void>;
  /** What `remember` kept before the start. */
  readonly remembered: Attempt | undefined;
}

export function createSender(parts: SenderParts): Sender {
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let state: SendState =
    parts.remembered === undefined
      ? { step: 'idle' }
      : { step: 'unknown', attempt: parts.remembered, error: undefined };
  let mayHaveMoved = parts.remembered !== undefined;

  function enter(next: SendState): void {
    state = next;
    for (const changed of listeners) changed();
  }

  function post(attempt: Attempt): void {
    const retrying = (error?: AtlasError) => enter({ step: 'sending', attempt, retrying: error });
    retrying();
    const options = { key: attempt.key, signal: closing.signal, onRetry: retrying };
    keep(attempt)
      .then(() => parts.post(attempt.draft, options))
      .then(
        (receipt) => settle({ step: 'posted', attempt, receipt }),
        (error: unknown) => failed(attempt, error),
      );
  }

  /** Until an answer is here the money may move: a restart now must find this key. */
  async function keep(attempt: Attempt): Promise<void> {
    try {
      await parts.remember(attempt);
    } catch (cause) {
      throw notKept(cause);
    }
  }

  /** A key that is kept for nothing is asked for after a restart, and moves nothing again. */
  async function forget(): Promise<void> {
    try {
      await parts.remember(undefined);
    } catch {}
  }

  function settle(next: SendState & { step: 'posted' | 'refused' }): void {
    mayHaveMoved = false;
    void forget();
    enter(next);
  }

  function failed(attempt: Attempt, error: unknown): void {
    if (closing.signal.aborted) return;
    if (!(error instanceof AtlasError)) throw error;
    mayHaveMoved ||= error.outcome === 'unknown';
    // What refuses this try before it reaches the book says nothing of an earlier one.
    if (mayHaveMoved && error.outcome !== 'refused') enter({ step: 'unknown', attempt, error });
    else settle({ step: 'refused', attempt, error });
  }

  return {
    read: () => state,
    listen(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
    send(draft) {
      if (state.step === 'sending' || state.step === 'unknown') return;
      post({ key: parts.newKey(), draft });
    },
    retry() {
      if (state.step === 'unknown') post(state.attempt);
    },
    reset() {
      if (state.step === 'posted' || state.step === 'refused') enter({ step: 'idle' });
    },
    abandon() {
      if (state.step !== 'unknown') return;
      mayHaveMoved = false;
      void forget();
      enter({ step: 'idle' });
    },
    close: () => closing.abort(),
  };
}

function notKept(cause: unknown): AtlasError {
  return new AtlasError({
    code: 'internal',
    status: 0,
    title: 'This device cannot write the transfer down',
    detail: 'Nothing was sent: a key that is lost with the app is how money is sent twice.',
    outcome: 'nothing',
    cause,
  });
}

/** JSON knows no bigint. */
type WrittenTransfer = Omit<Transfer, 'minor'> & { readonly minor: string };

/** An attempt as text, to be kept. */
export function writeAttempt({ key, draft }: Attempt): string {
  return JSON.stringify({ key, draft: { ...draft, minor: String(draft.minor) } });
}

export function readAttempt(text: string): Attempt {
  const { key, draft } = JSON.parse(text) as { key: string; draft: WrittenTransfer };
  return { key, draft: { ...draft, minor: BigInt(draft.minor) } };
}
