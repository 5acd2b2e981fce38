// A question during an outage. TanStack Query forgets why it failed while it asks again, and a note that comes and
// goes with each try can be read by nobody; what is asked only once would stay failed after the outage.
import { AtlasError } from '@atlas/client';
import { useEffect, useState } from 'react';

const askAgainMs = 5_000;

/** Why there is no answer, for as long as there is none; null else. */
export function useFailure(asked: { readonly data: unknown; readonly error: unknown }): unknown {
  const [held, hold] = useState<unknown>(null);
  const failure = asked.error ?? (asked.data === undefined ? held : null);
  if (failure !== held) hold(failure);
  return failure;
}

/** As `refetchInterval` of what is asked once: again, while it fails with what passes. */
export function whileAway({ state: { error } }: { readonly state: { readonly error: unknown } }) {
  return passes(error) ? askAgainMs : false;
}

/** The same for what is no query. */
export function useAskAgain(error: unknown, ask: () => void): void {
  useEffect(() => {
    if (!passes(error)) return undefined;
    const timer = setTimeout(ask, askAgainMs);
    return () => clearTimeout(timer);
  }, [error, ask]);
}

/** Whether the same question may be answered later. */
export function passes(error: unknown): boolean {
  return error instanceof AtlasError && error.retriable;
}
